"""The demo: a desk over thirty-four bundled items about a year-long dispute in a port that does not exist."""

from sayso.demo._build import Demo, build

__all__ = ["Demo", "build"]
