"""Figures as words: how a probability is written wherever one is shown."""


def probability(value: float) -> str:
    """A probability with two decimals; never a rounded 0 or 1."""
    if value >= 0.995:
        return ">0.99"
    if value < 0.005:
        return "<0.01"
    return f"{value:.2f}"
