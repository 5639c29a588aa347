"""What to bear in mind wherever a topic or a code family is used: how well the topic finds, how far the model can be trusted.

In: the desk, a topic, a family. Out: sentences for people; briefs, `sayso shifts`, `sayso statements` and pages show them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sayso.code.topics import Quality
from sayso.desk.coding import Standing, topic_quality
from sayso.desk.lines import trust_in

if TYPE_CHECKING:
    from sayso.desk.desk import Desk


def caveats(desk: Desk, topic: str = "", family: str = "", *, force: bool = False) -> tuple[str, ...]:
    """The sentences for a topic and a family, either of them optional; `force` counts a distrusted model's codings.

    Raises `UsageError` for an unknown topic, `SettingsError` for an unknown family.
    """
    said = []
    if topic:
        said.append(topic_sentence(desk.topic(topic).name, desk.topic(topic).id, topic_quality(desk, topic)))
    if family and not desk.codebook.family(family).multiple:
        said.append(family_sentence(family, trust_in(desk, family), force=force))
    return tuple(said)


def topic_sentence(name: str, key: str, quality: Quality) -> str:
    """Precision and recall of a topic's query with their intervals, or that nobody has measured them yet."""
    if quality.precision is None:
        return (
            f"How well the topic “{name}” finds is not measured: nobody has judged statements drawn at random "
            f"(sayso code review --topic {key})."
        )
    parts = [f"precision {_share(quality.precision)} from {quality.sampled_found} statements that it found"]
    if quality.recall is not None:
        parts.append(f"recall {_share(quality.recall)} with {quality.sampled_missed} that it did not find")
    else:
        parts.append("recall not known yet")
    return f"The topic “{name}”, estimated from statements drawn at random and judged by people: {'; '.join(parts)}."


def family_sentence(name: str, trust: Standing, *, force: bool = False) -> str:
    """How far the model agrees with people, and what follows from it for lines."""
    if trust.alpha is None:
        return (
            f"The model's agreement with people on the codes “{name}” is not measured yet: "
            f"{trust.statements} statements were coded by both."
        )
    measured = f"(Krippendorff's alpha {trust.alpha:.2f} over {trust.statements} statements, floor {trust.floor:.2f})"
    if not trust.below:
        return f"The model agrees with people on the codes “{name}” as far as the desk asks {measured}."
    then = "its codings count all the same, because that was asked for" if force else "its codings do not count here"
    return f"The model agrees too little with people on the codes “{name}” {measured}: {then}."


def _share(estimate: tuple[float, float, float]) -> str:
    return f"{estimate[0]:.2f} ({estimate[1]:.2f} to {estimate[2]:.2f})"
