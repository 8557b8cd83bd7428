"""The thread that reports and asks."""

from __future__ import annotations

import logging
import threading
import time
from typing import Callable, Mapping, Optional, Set

from . import dialog
from .api import TraderApi
from .errors import NoAnswer, ReportRefused
from .far_reading import Answered, is_far
from .reports import Report, WaitingReports, drop
from .schedule import Schedule
from .verdict import Verdict, blocked

log = logging.getLogger("drawbridge_client")

_RETRY_FIRST = 0.1
_RETRY_MAX = 2.0
_CLOSE_WITHIN = 2.0
_SOON = (0.05, 0.2, 0.5)
"""A decision that is not there yet comes within milliseconds, mostly."""

OnVerdict = Callable[[Verdict, float], None]
"""Takes a verdict, and when it was asked for, of `time.monotonic()`."""


class Link:
    """Sends reports in order, each until the service has taken it, and asks where none are sent. All of it in one thread,
    one request at a time: so no answer overtakes another, and callers never wait."""

    def __init__(self, trader: str, api: TraderApi, ask_every: float, on_verdict: OnVerdict) -> None:
        self._trader = trader
        self._api = api
        self._on_verdict = on_verdict
        self._changed = threading.Condition()
        self._reports = WaitingReports()
        self._answered: Optional[Answered] = None
        self._schedule = Schedule(ask_every, time.monotonic())
        self._ends_at: Optional[float] = None
        self._is_failing = False
        self._faulty: Set[str] = set()
        self._thread = threading.Thread(target=self._run, name=f"drawbridge {trader}", daemon=True)
        self._thread.start()

    @property
    def waiting_since(self) -> Optional[float]:
        """Since when the oldest report waits for its answer; None: none does."""
        first = self._reports.first
        return None if first is None else first.since

    @property
    def has_far(self) -> bool:
        """Whether a report that may change the answer waits for its own."""
        return self._reports.has_far

    @property
    def waiting(self) -> int:
        return len(self._reports)

    @property
    def dropped(self) -> int:
        return self._reports.dropped

    def send(self, report: Report) -> None:
        with self._changed:
            if self._ends_at is not None:
                raise RuntimeError(f"the gate of {self._trader} is closed and takes no report")
            report.is_far = is_far(report.reading, self._answered)
            dropped = self._reports.add(report)
            self._changed.notify()
        drop(dropped, "too many reports were waiting")

    def ask_in(self, *seconds: float) -> None:
        """Asks after so long, too."""
        now = time.monotonic()
        with self._changed:
            for delay in seconds:
                self._schedule.add(now + delay)
            self._changed.notify()

    def close(self) -> None:
        """Gives waiting reports two seconds. Safe to repeat."""
        with self._changed:
            self._ends_at = self._ends_at or time.monotonic() + _CLOSE_WITHIN
            self._changed.notify()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        retry_in = 0.0
        try:
            while self._wait(retry_in):
                retry_in = self._try(retry_in)
        finally:
            with self._changed:
                self._ends_at = self._ends_at or time.monotonic()
                left = self._reports.take_all()
            if left:
                log.error("%s: closed with %d reports that were not sent", self._trader, len(left))
            drop(left, "the gate was closed before it was sent")
            self._api.close()

    def _wait(self, least: float) -> bool:
        """Waits until there is work, and at least `least` seconds. False: the gate closes, and its reports are sent or out of time."""
        not_before = time.monotonic() + least
        with self._changed:
            while True:
                now = time.monotonic()
                if self._ends_at is not None and (not self._reports or now >= self._ends_at):
                    return False
                due = not_before if self._reports else max(not_before, self._schedule.next)
                if now >= due:
                    return True
                self._changed.wait((due if self._ends_at is None else min(due, self._ends_at)) - now)

    def _try(self, retry_in: float) -> float:
        """After how many seconds to try again; 0: it succeeded."""
        try:
            report = self._reports.first
            self._ask() if report is None else self._report(report)
        except NoAnswer as error:
            if not self._is_failing:
                log.warning("%s: %s; trying again", self._trader, error)
            self._is_failing = True
            return min(2 * retry_in, _RETRY_MAX) or _RETRY_FIRST
        if self._is_failing:
            log.warning("%s: the service answers again", self._trader)
        self._is_failing = False
        return 0.0

    def _report(self, report: Report) -> None:
        asked_at = time.monotonic()
        try:
            taken = dialog.report(self._api, report.body)
        except ReportRefused as refusal:
            log.warning("%s: %s", self._trader, refusal)
            self._done(report, self._answered)
            report.fail(refusal)
            return
        self._tell_faults(taken.faults)
        verdict = taken.verdict
        if verdict is None:
            # It is taken, and not decided yet, as far as the service says.
            verdict = self._ask_once(asked_at)
            self.ask_in(*_SOON)
        else:
            self._told(verdict, asked_at)
        # The answer is there before the report waits no more: the gate must not open in between.
        self._done(report, Answered(report.reading, verdict.budget.room if verdict.budget else None))
        report.settle(verdict)

    def _tell_faults(self, faults: Mapping[str, str]) -> None:
        """Once for each field, until it can be read again."""
        for field in sorted(faults.keys() - self._faulty):
            log.warning("%s: %s of a report %s; it counts without it", self._trader, field, faults[field])
        self._faulty = set(faults)

    def _ask_once(self, asked_at: float) -> Verdict:
        try:
            return self._ask()
        except NoAnswer as error:
            verdict = blocked("no-answer", str(error))
            self._on_verdict(verdict, asked_at)
            with self._changed:
                self._schedule.add(asked_at)
            return verdict

    def _ask(self) -> Verdict:
        asked_at = time.monotonic()
        verdict = dialog.ask(self._api)
        self._told(verdict, asked_at)
        return verdict

    def _told(self, verdict: Verdict, asked_at: float) -> None:
        with self._changed:
            self._schedule.answered(asked_at)
        self._on_verdict(verdict, asked_at)

    def _done(self, report: Report, answered: Optional[Answered]) -> None:
        with self._changed:
            self._answered = answered
            self._reports.remove(report)
