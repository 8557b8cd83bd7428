"""What a gate answers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Mapping, Optional, Tuple


@dataclass(frozen=True)
class Budget:
    """How much may be lost yet, by the last decision."""

    room: Decimal
    """A loss of so much already breaks the limit; 0 or less: it is broken."""
    limit: str
    """The limit whose line is nearest."""
    factor: Decimal
    """What part of their usual size new positions may have: 0 to 1."""


@dataclass(frozen=True)
class Verdict:
    """Whether entries are allowed, and why not. It is true in an `if` where they are."""

    allowed: bool
    code: str
    """For programs; the reason is for people. This client itself says `unknown`, `undecided`, `no-answer` and `refused`."""
    reason: Optional[str] = None
    action: Optional[str] = None
    """The severest that a hold asks for: `flatten` asks for the positions to be closed, too."""
    holders: Tuple[str, ...] = ()
    until: Optional[str] = None
    budget: Optional[Budget] = None
    retry_after_ms: Optional[int] = None
    version: Optional[int] = None
    """Of the decision; None: the service does not say."""
    age_ms: Optional[int] = None

    def __bool__(self) -> bool:
        return self.allowed


EXIT = Verdict(allowed=True, code="ok")
"""The answer to whoever reduces exposure: always the same one, whatever is known."""


def blocked(code: str, reason: str) -> Verdict:
    """A verdict that the client gives by itself."""
    return Verdict(allowed=False, code=code, reason=reason)


def read_verdict(answer: object) -> Verdict:
    """Reads the answer of the service. Raises ValueError where it is no verdict: then nothing is allowed."""
    if not isinstance(answer, dict) or not isinstance(answer.get("allowed"), bool):
        raise ValueError("the answer has no field allowed")
    if not isinstance(answer.get("code"), str):
        raise ValueError("the answer has no field code")
    return Verdict(
        allowed=answer["allowed"],
        code=answer["code"],
        reason=_text(answer, "reason"),
        action=_text(answer, "action"),
        holders=tuple(str(holder) for holder in answer.get("holders") or ()),
        until=_text(answer, "until"),
        budget=_budget(answer.get("budget")),
        retry_after_ms=_whole(answer, "retryAfterMs"),
        version=_whole(answer, "version"),
        age_ms=_whole(answer, "ageMs"),
    )


def _budget(value: object) -> Optional[Budget]:
    if not isinstance(value, dict):
        return None
    try:
        return Budget(room=Decimal(value["room"]), limit=str(value["limit"]), factor=Decimal(value["factor"]))
    except (KeyError, TypeError, ArithmeticError) as error:
        raise ValueError("the budget of the answer cannot be read") from error


def _text(answer: Mapping[str, Any], name: str) -> Optional[str]:
    value = answer.get(name)
    return value if isinstance(value, str) else None


def _whole(answer: Mapping[str, Any], name: str) -> Optional[int]:
    value = answer.get(name)
    return value if isinstance(value, int) else None
