"""What the answers of the service mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Mapping, Optional

from .api import Answer, TraderApi
from .errors import NoAnswer, ReportRefused
from .verdict import Verdict, blocked, read_verdict


@dataclass(frozen=True)
class Taken:
    """A report that the service has taken."""

    verdict: Optional[Verdict]
    """On that very report; None: it is not decided yet."""
    faults: Mapping[str, str]
    """By field: what could not be read. The report counts without it."""


def report(api: TraderApi, body: bytes) -> Taken:
    """What the service answers to a report. Raises NoAnswer where another try may help, and ReportRefused where none does."""
    answer = api.report(body)
    if _may_pass(answer):
        raise NoAnswer(_words(answer))
    if answer.status >= 300:
        raise ReportRefused(answer.status, answer.code, answer.message)
    return Taken(None if answer.status == 202 else _verdict(answer), _faults(answer))


def ask(api: TraderApi) -> Verdict:
    """Whether the trader may enter now. Raises NoAnswer where another try may help."""
    answer = api.can_trade()
    if answer.status == 200:
        return _verdict(answer)
    if _may_pass(answer):
        raise NoAnswer(_words(answer))
    # The token is wrong, or the id of the trader.
    return blocked("refused", _words(answer))


def _verdict(answer: Answer) -> Verdict:
    try:
        return read_verdict(answer.body)
    except ValueError as error:
        raise NoAnswer(f"the answer cannot be read: {error}") from error


def _faults(answer: Answer) -> Mapping[str, str]:
    faults = answer.body.get("faults") if isinstance(answer.body, dict) else None
    return {str(field): str(words) for field, words in faults.items()} if isinstance(faults, dict) else {}


def _may_pass(answer: Answer) -> bool:
    return answer.status in (408, 429) or answer.status >= 500


def _words(answer: Answer) -> str:
    return f"{answer.status} {answer.code}: {answer.message}"
