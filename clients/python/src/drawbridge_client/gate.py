"""The gate of one trader."""

from __future__ import annotations

import asyncio
import os
import ssl
import time
from datetime import datetime
from typing import Any, AsyncIterator, Callable, Mapping, Optional, Sequence, Tuple, Union

from .api import Address, TraderApi
from .changes import Listeners, Transitions, newest_changes
from .entry import Entry
from .events import EventListener
from .link import Link
from .reports import Amount, Report, make_report
from .verdict import EXIT, Verdict, blocked

_SECONDS_MAX = 1_000_000
_CLOSED = blocked("unknown", "this gate was closed")
_UNJUDGED = blocked("undecided", "the last report may change the answer, and has none yet")


class Gate:
    """Blocks new exposure of one trader unless an answer of the service that allows it is known and fresh. Only an answer
    opens it. Reducing exposure is always allowed.

    It reports and asks in a thread of its own, so nothing here waits, in threads and in asyncio alike. It is closed before the
    first answer, when the last one is older than `max_age` seconds, while a report that may change the answer waits for its
    own, and while any report has waited `undecided_after` seconds.
    """

    def __init__(
        self,
        trader: str,
        url: Optional[str] = None,
        *,
        token: Optional[str] = None,
        events_url: Optional[str] = None,
        events_token: Optional[str] = None,
        tls: Optional[ssl.SSLContext] = None,
        ask_every: float = 1.0,
        max_age: float = 5.0,
        undecided_after: float = 1.0,
        timeout: float = 5.0,
    ) -> None:
        """`url` is the trader service, `events_url` the console, whose events make the gate ask at once. DRAWBRIDGE_URL,
        DRAWBRIDGE_TOKEN and DRAWBRIDGE_EVENTS_URL are taken where they are not given."""
        if not isinstance(trader, str) or not trader:
            raise ValueError(f"the id of the trader must be text, got {trader!r}")
        for name, seconds in (
            ("ask_every", ask_every),
            ("max_age", max_age),
            ("undecided_after", undecided_after),
            ("timeout", timeout),
        ):
            if not 0 < seconds < _SECONDS_MAX:
                raise ValueError(f"{name} must be seconds above 0 and below {_SECONDS_MAX}, got {seconds!r}")
        env = os.environ
        token = token or env.get("DRAWBRIDGE_TOKEN") or None
        address = Address(url or env.get("DRAWBRIDGE_URL") or "http://127.0.0.1:8081", token, tls)
        events_url = events_url or env.get("DRAWBRIDGE_EVENTS_URL") or None
        self.trader = trader
        self._max_age = max_age
        self._undecided_after = undecided_after
        self._known: Tuple[Verdict, float] = (blocked("unknown", "the service has not answered yet"), -max_age)
        self._is_closed = False
        self._transitions = Transitions()
        self._on_breach = Listeners()
        self._on_resume = Listeners()
        self._on_change = Listeners()
        self._link = Link(trader, TraderApi(address, trader, timeout), ask_every, self._take)
        self._events: Optional[EventListener] = None
        if events_url is not None:
            self._events = EventListener(
                Address(events_url, events_token or token, tls), trader, lambda: self._link.ask_in(0.0, 0.1, 0.5)
            )

    def can_trade(self, intent: str = "enter") -> Verdict:
        """Whether the trader may do so now: `enter`, or `reduce`. From memory; ask before each order."""
        if intent == "reduce":
            return EXIT
        if intent != "enter":
            raise ValueError(f'intent must be "enter" or "reduce", got {intent!r}')
        if self._is_closed:
            return _CLOSED
        verdict, asked_at = self._known
        if not verdict.allowed:
            return verdict
        now = time.monotonic()
        if now - asked_at >= self._max_age:
            return blocked("no-answer", f"the service has not answered for {self._max_age:g} s")
        if self._link.has_far:
            return _UNJUDGED
        since = self._link.waiting_since
        if since is not None and now - since >= self._undecided_after:
            return blocked("undecided", f"a report has waited {self._undecided_after:g} s for its answer")
        return verdict

    def entry(self) -> Entry:
        """`with gate.entry():` or `async with gate.entry():` runs its body only where the trader may enter; else it raises
        EntryBlocked."""
        return Entry(self.trader, self.can_trade)

    def report(
        self,
        equity: Amount,
        *,
        balance: Optional[Amount] = None,
        unrealized_pnl: Optional[Amount] = None,
        net_deposits: Optional[Amount] = None,
        currency: Optional[str] = None,
        at: Union[datetime, str, None] = None,
        seq: Optional[int] = None,
        run: Optional[str] = None,
        closed: Optional[Sequence[Mapping[str, Any]]] = None,
    ) -> Report:
        """Takes a report to send, and returns at once. `report.result(timeout)` and `await report` give the verdict on it; they
        raise ReportRefused where the service does not take it. Raises ValueError where the equity is no number."""
        fields = {
            "balance": balance,
            "unrealizedPnl": unrealized_pnl,
            "net_deposits": net_deposits,
            "currency": currency,
            "at": at,
            "seq": seq,
            "run": run,
            "closed": closed,
        }
        report = make_report(equity, fields)
        self._link.send(report)
        return report

    @property
    def waiting_reports(self) -> int:
        return self._link.waiting

    @property
    def dropped_reports(self) -> int:
        """How many were dropped because too many waited."""
        return self._link.dropped

    def on_breach(self, listener: Callable[[Verdict], object]) -> Callable[[], None]:
        """Calls the listener when a limit blocks entries and none did before: the moment to reduce. It is called in the
        thread of the gate. The returned function ends that."""
        return self._on_breach.add(listener)

    def on_resume(self, listener: Callable[[Verdict], object]) -> Callable[[], None]:
        """As `on_breach`, when entries are allowed again after a limit or an operator had blocked them."""
        return self._on_resume.add(listener)

    def changes(self) -> AsyncIterator[Verdict]:
        """`async for verdict in gate.changes():` gives the present verdict, and each other one that comes."""
        return newest_changes(self._on_change, self.can_trade)

    def close(self) -> None:
        """Gives waiting reports two seconds, and closes the gate for good. Safe to repeat."""
        self._is_closed = True
        if self._events is not None:
            self._events.close()
        self._link.close()

    def __enter__(self) -> Gate:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Gate:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self.close)

    def _take(self, verdict: Verdict, asked_at: float) -> None:
        before, _ = self._known
        self._known = (verdict, asked_at)
        is_breach, is_end = self._transitions.take(verdict)
        if is_breach:
            self._on_breach.tell(verdict)
        if is_end:
            self._on_resume.tell(verdict)
        if (verdict.code, verdict.version, verdict.holders) != (before.code, before.version, before.holders):
            self._on_change.tell(verdict)
