"""When to ask next."""

from __future__ import annotations

from typing import List

_EXTRA_MAX = 8


class Schedule:
    """Every so often, and at a few moments beside that. Not for several threads."""

    def __init__(self, every: float, now: float) -> None:
        self._every = every
        self._regular = now
        self._extra: List[float] = []

    @property
    def next(self) -> float:
        return min(self._regular, *self._extra, self._regular)

    def add(self, moment: float) -> None:
        self._extra = sorted([*self._extra, moment])[-_EXTRA_MAX:]

    def answered(self, asked_at: float) -> None:
        """What was asked for at that moment is known."""
        self._regular = asked_at + self._every
        self._extra = [moment for moment in self._extra if moment > asked_at]
