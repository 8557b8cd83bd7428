"""Tells exits from entries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Optional, Tuple, Union

Quantity = Union[int, float, str, Decimal]
"""A number, or a decimal string as exchanges send it."""


@dataclass(frozen=True)
class Spot:
    """What is held of an instrument in a cash account, which cannot be short."""

    held: Quantity


@dataclass(frozen=True)
class Net:
    """One signed position: above 0 long, below 0 short."""

    size: Quantity


@dataclass(frozen=True)
class Hedged:
    """A long and a short position side by side."""

    long: Quantity
    short: Quantity


Position = Union[Spot, Net, Hedged]


@dataclass(frozen=True)
class Order:
    """An order for the same instrument."""

    side: str
    """`buy` or `sell`."""
    quantity: Optional[Quantity] = None
    """In units of the instrument."""
    quote: Optional[Quantity] = None
    """In money instead of units; then the price is the worst one at which it may be filled."""
    price: Optional[Quantity] = None
    reduce_only: bool = False
    """The exchange itself refuses what would not reduce. No exchange does that for a cash account."""
    position_side: Optional[str] = None
    """Which of two hedged positions it is for: `long` or `short`."""


def reducing(position: Optional[Position], order: Order) -> bool:
    """Whether an order can only reduce exposure: an exit, which asks nobody. Everything else is an entry, and so is what
    cannot be told: an unknown position (None), an order of unknown size, one that closes more than there is."""
    if order.side not in ("buy", "sell"):
        raise ValueError(f'side must be "buy" or "sell", got {order.side!r}')
    is_nothing, size, worst = _size_of(order)
    if order.reduce_only and not isinstance(position, Spot):
        return not is_nothing
    if position is None or is_nothing:
        return False
    if isinstance(position, Spot):
        return order.side == "sell" and _positive(position.held) is not None
    closable = _closable(position, order)
    if closable is None or size is None:
        return False
    return size <= closable * worst


def _size_of(order: Order) -> Tuple[bool, Optional[Fraction], Fraction]:
    """Whether it is of nothing; its size, None where that is unknown; and what one unit of the position is worth in it."""
    one = Fraction(1)
    if order.quantity is not None:
        units = _positive(order.quantity)
        return units is None, units, one
    if order.quote is None:
        return False, None, one
    money = _positive(order.quote)
    worst = None if order.price is None else _positive(order.price)
    if money is None:
        return True, None, one
    return (False, None, one) if worst is None else (False, money, worst)


def _closable(position: Union[Net, Hedged], order: Order) -> Optional[Fraction]:
    """How much there is of the position that the order closes; None: it closes none."""
    if isinstance(position, Net):
        size = _number(position.size)
        if size is None or size == 0 or (size > 0) != (order.side == "sell"):
            return None
        return abs(size)
    if order.position_side == "long" and order.side == "sell":
        return _positive(position.long)
    if order.position_side == "short" and order.side == "buy":
        return _positive(position.short)
    return None


_DECIMAL = re.compile(r"-?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,2})?", re.ASCII)


def _number(quantity: Quantity) -> Optional[Fraction]:
    """Exact; None where it is no number."""
    text = str(quantity)
    return Fraction(text) if _DECIMAL.fullmatch(text) else None


def _positive(quantity: Quantity) -> Optional[Fraction]:
    value = _number(quantity)
    return value if value is not None and value > 0 else None
