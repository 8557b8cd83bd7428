"""What callers of the client can catch."""

from __future__ import annotations

from .verdict import Verdict


class EntryBlocked(Exception):
    """Entries are not allowed now; the verdict says why."""

    def __init__(self, trader: str, verdict: Verdict) -> None:
        super().__init__(f"entries of {trader} are blocked ({verdict.code}): {verdict.reason}")
        self.verdict = verdict


class ReportRefused(Exception):
    """The service will never take this report: the message says what is wrong with it, or with the token."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"the report was refused with {status} {code}: {message}")
        self.status = status
        self.code = code


class ReportDropped(Exception):
    """The report was not sent: too many were waiting, or the gate was closed."""


class NoAnswer(Exception):
    """The service did not answer, or not with what was asked for."""
