import logging
import threading
import unittest
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, List

from drawbridge_client import Gate, ReportDropped, ReportRefused
from drawbridge_client.reports import WaitingReports, make_report
from service import LIMIT, OK, FakeService, eventually, with_code
from test_gate import GateCase

logging.getLogger("drawbridge_client").setLevel(logging.CRITICAL)


class Reporting(GateCase):
    def test_a_report_resolves_to_the_verdict_that_it_is_answered_with(self) -> None:
        self.service.on_report = lambda report: (200, LIMIT if report["equity"] < 900 else OK)
        gate = self.open(ask_every=3600)
        self.until(gate, "ok")
        for _ in range(100):
            report = gate.report(850)
            self.assertFalse(gate.can_trade().allowed)
            self.assertEqual(report.result(10).code, "limit")
            self.assertFalse(gate.can_trade().allowed)
            self.assertTrue(gate.report(1000).result(10).allowed)

    def test_a_field_that_the_service_cannot_read_is_logged_once_until_it_can_be_read_again(self) -> None:
        words = {"seq": "must be a whole number, got 1.5"}
        self.service.on_report = lambda report: (200, {**OK, "faults": words} if report["equity"] < 1000 else OK)
        gate = self.open(ask_every=3600)
        with self.assertLogs("drawbridge_client", "WARNING") as logs:
            for equity in (999, 998, 1000, 997):
                self.assertTrue(gate.report(equity).result(10).allowed)
        told = "bot1: seq of a report must be a whole number, got 1.5; it counts without it"
        self.assertEqual([record.getMessage() for record in logs.records], [told, told])

    def test_where_the_service_does_not_know_yet_the_gate_asks_and_that_answer_counts(self) -> None:
        self.service.on_report = lambda _: (202, {"decision": None})
        self.service.verdict = (200, with_code("undecided"))
        gate = self.open(ask_every=3600)
        self.assertEqual(gate.report(1000).result(10).code, "undecided")
        self.assertEqual(gate.can_trade().code, "undecided")

    def test_a_report_that_waits_for_its_answer_closes_the_gate(self) -> None:
        answering = threading.Event()

        def answer(_: Any) -> Any:
            answering.wait()
            return 200, OK

        self.service.on_report = answer
        gate = self.open(undecided_after=0.1)
        self.until(gate, "ok")
        answering.set()
        gate.report(1000).result(10)
        answering.clear()
        report = gate.report(1000.5)
        self.until(gate, "undecided")
        answering.set()
        self.assertTrue(report.result(10).allowed)
        self.until(gate, "ok")

    def test_a_report_that_may_change_the_answer_closes_the_gate_until_it_has_one(self) -> None:
        budget = {"room": "20", "limit": "max_daily_loss", "factor": "1"}
        verdict = {**OK, "budget": budget}
        hold = threading.Event()
        hold.set()

        def answer(_: Any) -> Any:
            hold.wait()
            return 200, verdict

        self.service.verdict = (200, verdict)
        self.service.on_report = answer
        gate = self.open(ask_every=3600, undecided_after=3600)
        self.until(gate, "ok")
        trade = [{"id": "t1", "pnl": 1}]
        cases: List[Any] = [
            (1000, {}, "ok"),
            (981, {}, "ok"),
            (961, {}, "undecided"),
            (980, {"currency": "USD"}, "undecided"),
            (980, {"currency": "USD", "closed": trade}, "undecided"),
            (980, {"currency": "USD", "balance": 5}, "undecided"),
            (980, {"currency": "USD", "balance": "5.1"}, "ok"),
            (980, {"currency": "USD", "balance": "?"}, "undecided"),
            (1029, {"currency": "USD", "balance": "?"}, "undecided"),
        ]
        gate.report(1000).result(10)
        for equity, fields, code in cases:
            with self.subTest(equity=equity, **fields):
                hold.clear()
                report = gate.report(equity, **fields)
                self.assertEqual(gate.can_trade().code, code)
                hold.set()
                report.result(10)
                self.assertEqual(gate.can_trade().code, "ok")

    def test_reports_go_in_order_and_each_until_it_is_taken(self) -> None:
        failures = [503, 429, 500]
        self.service.on_report = lambda _: (failures.pop(), {}) if failures else (202, {})
        gate = self.open()
        reports = [gate.report(equity) for equity in range(20)]
        for report in reports:
            report.result(20)
        self.assertEqual(self.service.equities, [0, 0, 0, *range(20)])

    def test_a_report_outlives_a_service_that_does_not_answer(self) -> None:
        self.service.silent.set()
        gate = self.open()
        reports = [gate.report(equity) for equity in (1, 2, 3)]
        eventually(lambda: len(self.service.reports) > 1, "two tries")
        self.service.silent.clear()
        for report in reports:
            report.result(20)
        self.assertEqual(sorted(set(self.service.equities)), [1, 2, 3])

    def test_a_report_that_can_never_be_taken_is_refused_and_the_next_one_goes(self) -> None:
        error = {"error": {"code": "invalid-tick", "message": "currency is EUR"}}
        self.service.on_report = lambda report: (400, error) if report.get("currency") == "EUR" else (202, {})
        gate = self.open()
        with self.assertRaisesRegex(ReportRefused, "400 invalid-tick: currency is EUR"):
            gate.report(1, currency="EUR").result(10)
        self.assertTrue(gate.report(2).result(10).allowed)

    def test_all_fields_go_as_the_wire_has_them(self) -> None:
        gate = self.open()
        at = datetime(2026, 3, 12, 20, tzinfo=timezone.utc)
        closed = [{"id": "trade-17", "pnl": Decimal("-12.50"), "at": at}]
        gate.report(
            Decimal("10250.50"), balance="1", unrealized_pnl=2.5, net_deposits=3, currency="USD", at=at, seq=4, run="r", closed=closed
        ).result(10)
        self.assertEqual(
            self.service.reports,
            [
                {
                    "equity": "10250.50",
                    "balance": "1",
                    "unrealizedPnl": 2.5,
                    "net_deposits": 3,
                    "currency": "USD",
                    "at": "2026-03-12T20:00:00+00:00",
                    "seq": 4,
                    "run": "r",
                    "closed": [{"id": "trade-17", "pnl": "-12.50", "at": "2026-03-12T20:00:00+00:00"}],
                }
            ],
        )

    def test_an_equity_that_is_no_number_is_told_at_once_and_not_sent(self) -> None:
        gate = self.open()
        for equity in (float("nan"), float("inf"), "abc", None, True, Decimal("NaN"), [1]):
            with self.subTest(equity=equity), self.assertRaisesRegex(ValueError, "equity must be"):
                gate.report(equity)  # type: ignore[arg-type]
        with self.assertRaisesRegex(ValueError, "time zone"):
            gate.report(1, at=datetime(2026, 3, 12))
        gate.close()
        self.assertEqual(self.service.reports, [])

    def test_closing_sends_what_was_reported(self) -> None:
        gate = self.open()
        for equity in range(50):
            gate.report(equity)
        gate.close()
        self.assertEqual(self.service.equities, list(range(50)))

    def test_closing_ends_reports_that_cannot_be_sent(self) -> None:
        self.service.silent.set()
        gate = self.open()
        report = gate.report(1)
        gate.close()
        with self.assertRaisesRegex(ReportDropped, "closed before it was sent"):
            report.result(0)


class Waiting(unittest.TestCase):
    def test_too_many_reports_are_thinned_to_the_first_highest_lowest_and_latest(self) -> None:
        waiting = WaitingReports(8)
        dropped: List[Any] = []
        for equity in (5, 6, 9, 7, 1, 3, 4, 6, 2):
            dropped += waiting.add(make_report(equity, {}))
        self.assertEqual([int(report.reading.equity) for report in waiting.take_all()], [5, 9, 1, 2])
        self.assertEqual((len(dropped), waiting.dropped), (5, 5))

    def test_a_flood_while_nobody_answers_is_bounded_and_waits_for_nothing(self) -> None:
        service = FakeService()
        service.silent.set()
        gate = Gate("bot1", service.url)
        try:
            reports = [gate.report(equity) for equity in range(5_000)]
            self.assertLessEqual(gate.waiting_reports, 1_000)
            self.assertGreaterEqual(gate.dropped_reports, 4_000)
            with self.assertRaisesRegex(ReportDropped, "too many reports were waiting"):
                reports[500].result(0)
        finally:
            service.close()
            gate.close()


del GateCase
