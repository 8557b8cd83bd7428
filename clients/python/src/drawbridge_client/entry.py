"""A body that runs only while entries are allowed."""

from __future__ import annotations

from typing import Callable

from .errors import EntryBlocked
from .verdict import Verdict


class Entry:
    """Asks when it is entered; nothing happens when it is left."""

    def __init__(self, trader: str, ask: Callable[[], Verdict]) -> None:
        self._trader = trader
        self._ask = ask

    def __enter__(self) -> Verdict:
        verdict = self._ask()
        if not verdict.allowed:
            raise EntryBlocked(self._trader, verdict)
        return verdict

    def __exit__(self, *_: object) -> None:
        return None

    async def __aenter__(self) -> Verdict:
        return self.__enter__()

    async def __aexit__(self, *_: object) -> None:
        return None
