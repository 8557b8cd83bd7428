"""Which reports may change the answer of the gate, so that the service must answer them first."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Mapping, Optional

_NEAR_PART = 20
"""Within this part of the last one, 5 percent, a reading is no glitch and no crash."""


@dataclass(frozen=True)
class Reading:
    """What a gate looks at in a report."""

    equity: Decimal
    balance: Optional[str]
    others: str
    """The fields of the account that can matter, as they are sent."""
    has_trades: bool


def reading_of(equity: Decimal, message: Mapping[str, Any]) -> Reading:
    balance = message.get("balance")
    others = f"{message.get('net_deposits')} {message.get('currency')}"
    return Reading(equity, None if balance is None else str(balance), others, bool(message.get("closed")))


@dataclass(frozen=True)
class Answered:
    """The last report that the service has answered, and how much may be lost yet."""

    reading: Reading
    room: Optional[Decimal]


def is_far(reading: Reading, last: Optional[Answered]) -> bool:
    """A report is near if it moves by less than the room to the nearest limit and by less than 5 percent, and says nothing
    else that is new. So the gate of a bot that reports every second does not flicker, and one that has lost half of its
    account does not enter before the service has said so."""
    if last is None or reading.has_trades or reading.others != last.reading.others:
        return True
    if _is_moved(reading.equity, last.reading.equity, last.room):
        return True
    if reading.balance is None or last.reading.balance is None:
        return reading.balance != last.reading.balance
    try:
        return _is_moved(Decimal(reading.balance), Decimal(last.reading.balance), last.room)
    except ArithmeticError:
        # Only the service can say what it makes of it.
        return True


def _is_moved(to: Decimal, before: Decimal, room: Optional[Decimal]) -> bool:
    by = abs(to - before)
    if by == 0:
        return False
    return (room is not None and by >= room) or by * _NEAR_PART >= before
