import json
import unittest
from decimal import Decimal
from pathlib import Path
from typing import Any, Dict, Optional

from drawbridge_client import Hedged, Net, Order, Position, Spot, reducing

CASES = json.loads((Path(__file__).parents[2] / "shared" / "reducing.json").read_text())


def position_of(case: Optional[Dict[str, Any]]) -> Optional[Position]:
    if case is None:
        return None
    kind, fields = case["kind"], {name: value for name, value in case.items() if name != "kind"}
    return {"spot": Spot, "net": Net, "hedged": Hedged}[kind](**fields)  # type: ignore[no-any-return]


def order_of(case: Dict[str, Any]) -> Order:
    names = {"reduceOnly": "reduce_only", "positionSide": "position_side"}
    return Order(**{names.get(name, name): value for name, value in case.items()})


class Reducing(unittest.TestCase):
    def test_exits_and_entries_are_told_apart_as_in_the_table_that_all_clients_share(self) -> None:
        self.assertGreater(len(CASES), 40)
        for case in CASES:
            with self.subTest(case["is"]):
                self.assertIs(reducing(position_of(case["position"]), order_of(case["order"])), case["reduces"])

    def test_decimals_and_floats_count_by_their_digits(self) -> None:
        self.assertTrue(reducing(Net(Decimal("0.3")), Order("sell", 0.3)))
        self.assertTrue(reducing(Net(1e-7), Order("sell", "0.0000001")))
        self.assertFalse(reducing(Net(0.3), Order("sell", 0.1 + 0.2)))

    def test_a_size_that_is_no_number_is_none(self) -> None:
        for size in (float("nan"), float("inf"), Decimal("NaN"), True, "", " 1", "0x10", "1/2", "1e999"):
            with self.subTest(size=size):
                self.assertFalse(reducing(Net(10), Order("sell", size)))
                self.assertFalse(reducing(Net(size), Order("sell", 1)))

    def test_another_side_is_an_error_of_the_caller(self) -> None:
        with self.assertRaisesRegex(ValueError, 'side must be "buy" or "sell", got \'SELL\''):
            reducing(Net(1), Order("SELL", 1))
