"""Who wants to hear what, and when that happens."""

from __future__ import annotations

import asyncio
import logging
from typing import AsyncIterator, Callable, FrozenSet, List, Optional, Tuple

from .verdict import Verdict

log = logging.getLogger("drawbridge_client")

Listener = Callable[[Verdict], object]


class Listeners:
    """A failure of one is logged and does not affect the others."""

    def __init__(self) -> None:
        self._listeners: Tuple[Tuple[Listener], ...] = ()

    def add(self, listener: Listener) -> Callable[[], None]:
        """Returns a function that removes the listener."""
        entry = (listener,)
        self._listeners = (*self._listeners, entry)

        def remove() -> None:
            self._listeners = tuple(one for one in self._listeners if one is not entry)

        return remove

    def tell(self, verdict: Verdict) -> None:
        for (listener,) in self._listeners:
            try:
                listener(verdict)
            except Exception:
                log.exception("a listener of the bot failed")


class Transitions:
    """Tells breaches and the end of pauses by verdict after verdict. What is known first is no change, and a verdict that
    only says that something is not known changes nothing."""

    def __init__(self) -> None:
        self._limits: Optional[FrozenSet[str]] = None
        """The limits that hold; None: not known yet."""
        self._is_held = False

    def take(self, verdict: Verdict) -> Tuple[bool, bool]:
        """Whether it is a breach, and whether it ends a pause."""
        if not verdict.allowed and verdict.code not in ("limit", "operator"):
            return False, False
        limits = frozenset(holder for holder in verdict.holders if holder.startswith("limit:"))
        is_breach = self._limits is not None and not limits <= self._limits
        is_end = verdict.allowed and self._is_held
        self._limits = limits
        self._is_held = not verdict.allowed
        return is_breach, is_end


async def newest_changes(listeners: Listeners, present: Callable[[], Verdict]) -> AsyncIterator[Verdict]:
    """The present verdict, and then each change; of several that come while one is handled, the newest."""
    loop = asyncio.get_running_loop()
    newest: List[Verdict] = []
    changed = asyncio.Event()

    def keep(verdict: Verdict) -> None:
        newest[:] = [verdict]
        changed.set()

    remove = listeners.add(lambda verdict: loop.call_soon_threadsafe(keep, verdict))
    try:
        yield present()
        while True:
            await changed.wait()
            changed.clear()
            yield newest[0]
    finally:
        remove()
