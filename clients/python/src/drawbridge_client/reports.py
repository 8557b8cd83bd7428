"""Reports on their way to the service."""

from __future__ import annotations

import asyncio
import json
import time
from concurrent.futures import Future
from datetime import datetime
from decimal import Decimal
from typing import Any, Dict, Generator, List, Mapping, Optional, Union

from .errors import ReportDropped
from .far_reading import Reading, reading_of
from .verdict import Verdict

Amount = Union[int, float, str, Decimal]

CAPACITY = 1_000


class Report(Future[Verdict]):
    """A report under way. It can be awaited, and `result(timeout)` waits in a thread; both give the verdict on it."""

    def __init__(self, reading: Reading, body: bytes) -> None:
        super().__init__()
        self.reading = reading
        self.body = body
        self.since = time.monotonic()
        self.is_far = True
        # From now on it cannot be cancelled: it is a fact about the account.
        self.set_running_or_notify_cancel()

    def settle(self, verdict: Verdict) -> None:
        if not self.done():
            self.set_result(verdict)

    def fail(self, error: Exception) -> None:
        # It may have been dropped while it was under way.
        if not self.done():
            self.set_exception(error)

    def __await__(self) -> Generator[Any, None, Verdict]:
        return asyncio.wrap_future(self).__await__()


class WaitingReports:
    """Reports in order of arrival, at most CAPACITY of them. Too many are thinned to the first, highest, lowest and latest
    one: the limits see the same extremes and the same end."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._reports: List[Report] = []
        self._far = 0
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._reports)

    @property
    def has_far(self) -> bool:
        return self._far > 0

    @property
    def first(self) -> Optional[Report]:
        return self._reports[0] if self._reports else None

    def add(self, report: Report) -> List[Report]:
        """Returns the reports that are dropped for it."""
        self._reports.append(report)
        self._far += report.is_far
        return self._thin() if len(self._reports) > self._capacity else []

    def remove(self, report: Report) -> None:
        if report in self._reports:
            self._reports.remove(report)
            self._far -= report.is_far

    def take_all(self) -> List[Report]:
        reports, self._reports, self._far = self._reports, [], 0
        return reports

    def _thin(self) -> List[Report]:
        kept = {
            id(self._reports[0]),
            id(self._reports[-1]),
            id(max(self._reports, key=lambda report: report.reading.equity)),
            id(min(self._reports, key=lambda report: report.reading.equity)),
        }
        dropped = [report for report in self._reports if id(report) not in kept]
        self._reports = [report for report in self._reports if id(report) in kept]
        self._far -= sum(report.is_far for report in dropped)
        self.dropped += len(dropped)
        return dropped


def drop(reports: List[Report], why: str) -> None:
    for report in reports:
        report.fail(ReportDropped(why))


def make_report(equity: Amount, fields: Mapping[str, Any]) -> Report:
    """Raises ValueError where the equity is no number."""
    message: Dict[str, Any] = {"equity": _plain(equity)}
    message.update({name: _plain(value) for name, value in fields.items() if value is not None})
    return Report(reading_of(_decimal(equity), message), json.dumps(message, allow_nan=False, default=_plain).encode())


def _decimal(equity: Amount) -> Decimal:
    if isinstance(equity, bool) or not isinstance(equity, (int, float, str, Decimal)):
        raise ValueError(f"equity must be a number or a decimal string, got {equity!r}")
    try:
        value = Decimal(str(equity))
    except ArithmeticError:
        raise ValueError(f'equity must be a decimal like "10250.50", got {equity!r}') from None
    if not value.is_finite():
        raise ValueError(f"equity must be a finite number, got {equity!r}")
    return value


def _plain(value: Any) -> Any:
    """As JSON has it. Decimals keep their digits."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time must have a time zone, like datetime.now(timezone.utc)")
        return value.isoformat()
    return value
