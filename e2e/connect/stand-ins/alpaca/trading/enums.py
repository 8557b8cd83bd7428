from enum import Enum


class OrderSide(str, Enum):
    BUY = "buy"
    SELL = "sell"


class PositionSide(str, Enum):
    LONG = "long"
    SHORT = "short"


class TimeInForce(str, Enum):
    DAY = "day"
