"""Drawbridge for a trading bot: it reports the account's equity, and asks before it enters."""

from .errors import EntryBlocked, ReportDropped, ReportRefused
from .gate import Gate
from .reducing import Hedged, Net, Order, Position, Spot, reducing
from .reports import Report
from .verdict import EXIT, Budget, Verdict

__all__ = [
    "EXIT",
    "Budget",
    "EntryBlocked",
    "Gate",
    "Hedged",
    "Net",
    "Order",
    "Position",
    "Report",
    "ReportDropped",
    "ReportRefused",
    "Spot",
    "Verdict",
    "reducing",
]
