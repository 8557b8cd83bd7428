import asyncio
import logging
import threading
import unittest
from decimal import Decimal
from typing import List, Optional, Tuple

from drawbridge_client import EntryBlocked, Gate, Report, Verdict
from service import LIMIT, OK, FakeService, eventually, with_code

logging.getLogger("drawbridge_client").setLevel(logging.CRITICAL)


class GateCase(unittest.TestCase):
    def setUp(self) -> None:
        self.service = FakeService()
        self.addCleanup(self.service.close)

    def open(self, **options: float) -> Gate:
        gate = Gate("bot1", self.service.url, ask_every=options.pop("ask_every", 0.02), **options)  # type: ignore[arg-type]
        self.addCleanup(gate.close)
        return gate

    def until(self, gate: Gate, code: str) -> None:
        eventually(lambda: gate.can_trade().code == code, f"the code {code}, not {gate.can_trade()}")


    def streams(self) -> List[Tuple[str, str, Optional[str]]]:
        return [request for request in self.service.requests if request[1].startswith("/api/events")]


class Opening(GateCase):
    def test_what_no_gate_can_be_made_of_is_refused_at_once(self) -> None:
        url = self.service.url
        for arguments, options, words in (
            (("", url), {}, "the id of the trader"),
            ((7, url), {}, "the id of the trader must be text, got 7"),
            (("bot1", "127.0.0.1:8081"), {}, "the address must be like"),
            (("bot1", "http://127.0.0.1:99999"), {}, "the address must be like"),
            (("bot1", "http://127.0.0.1:port"), {}, "the address must be like"),
            (("bot1", url), {"token": "secret\n"}, "the token has a space, a line break"),
            (("bot1", url), {"ask_every": 0}, "ask_every must be seconds above 0"),
            (("bot1", url), {"max_age": float("nan")}, "max_age must be seconds above 0"),
        ):
            with self.assertRaisesRegex(ValueError, words) as refused:
                Gate(*arguments, **options)  # type: ignore[arg-type]
            self.assertNotIn("secret", str(refused.exception))


class Asking(GateCase):
    def test_the_gate_is_closed_before_the_first_answer(self) -> None:
        self.service.silent.set()
        gate = self.open()
        self.assertEqual((gate.can_trade().allowed, gate.can_trade().code), (False, "unknown"))

    def test_it_opens_by_an_answer_and_closes_by_another(self) -> None:
        gate = self.open()
        self.until(gate, "ok")
        self.service.verdict = (200, LIMIT)
        self.until(gate, "limit")
        verdict = gate.can_trade()
        self.assertEqual(verdict.holders, ("limit:max_daily_loss",))
        self.assertEqual(verdict.until, "2026-11-25T00:00:00.000Z")
        assert verdict.budget is not None
        self.assertEqual(verdict.budget.room, Decimal("-50"))
        self.assertEqual((verdict.version, verdict.age_ms, verdict.action), (2, 3, "block-entries"))

    def test_an_exit_is_allowed_whatever_is_known(self) -> None:
        self.service.verdict = (200, LIMIT)
        gate = self.open()
        self.assertTrue(gate.can_trade("reduce"))
        self.until(gate, "limit")
        self.assertTrue(gate.can_trade("reduce"))
        gate.close()
        self.assertTrue(gate.can_trade("reduce"))

    def test_it_closes_when_nobody_answers_for_long_and_opens_again(self) -> None:
        gate = self.open(max_age=0.2)
        self.until(gate, "ok")
        self.service.silent.set()
        self.until(gate, "no-answer")
        self.service.silent.clear()
        self.until(gate, "ok")

    def test_an_answer_that_is_no_verdict_opens_nothing(self) -> None:
        for body in (b"", b"<html>", {}, {"allowed": "yes", "code": "ok"}, {"allowed": 1, "code": "ok"}, {"allowed": True}):
            with self.subTest(body=body):
                self.service.verdict = (200, body)
                before = len(self.service.requests)
                gate = self.open()
                eventually(lambda: len(self.service.requests) > before + 1, "two questions")
                self.assertFalse(gate.can_trade().allowed)
                gate.close()

    def test_a_refused_token_or_id_closes_it_with_the_words_of_the_service(self) -> None:
        words = 'no trader "bot1" is configured'
        self.service.verdict = (404, {"error": {"code": "unknown-trader", "message": words}})
        gate = self.open()
        self.until(gate, "refused")
        self.assertEqual(gate.can_trade().reason, f"404 unknown-trader: {words}")

    def test_a_busy_service_is_no_answer(self) -> None:
        gate = self.open(max_age=0.2)
        self.until(gate, "ok")
        self.service.verdict = (503, {"error": {"code": "busy", "message": "busy"}})
        self.until(gate, "no-answer")

    def test_a_closed_gate_stays_closed(self) -> None:
        gate = self.open()
        self.until(gate, "ok")
        gate.close()
        gate.close()
        # `closed` is a market's.
        verdict = gate.can_trade()
        self.assertEqual((verdict.code, verdict.reason), ("unknown", "this gate was closed"))
        with self.assertRaisesRegex(RuntimeError, "the gate of bot1 is closed and takes no report"):
            gate.report(1)

    def test_the_token_is_sent_with_each_request(self) -> None:
        gate = Gate("bot1", self.service.url, token="secret", ask_every=0.02)
        self.addCleanup(gate.close)
        gate.report(1).result(10)
        self.assertEqual({token for _, _, token in self.service.requests}, {"Bearer secret"})

    def test_a_wrong_address_is_told_at_once(self) -> None:
        with self.assertRaisesRegex(ValueError, 'the address must be like "http://127.0.0.1:8081", got "localhost:8081"'):
            Gate("bot1", "localhost:8081")

    def test_another_intent_is_an_error_of_the_caller(self) -> None:
        with self.assertRaisesRegex(ValueError, 'intent must be "enter" or "reduce"'):
            self.open().can_trade("exit")


class Entering(GateCase):
    def test_the_body_runs_only_where_entries_are_allowed(self) -> None:
        gate = self.open()
        self.until(gate, "ok")
        ran: List[str] = []
        with gate.entry() as verdict:
            ran.append(verdict.code)
        self.service.verdict = (200, LIMIT)
        self.until(gate, "limit")
        with self.assertRaises(EntryBlocked) as raised:
            with gate.entry():
                ran.append("not this")
        self.assertEqual(ran, ["ok"])
        self.assertEqual(str(raised.exception), "entries of bot1 are blocked (limit): max_daily_loss: 15 %")
        self.assertEqual(raised.exception.verdict.code, "limit")

    def test_a_fault_of_the_body_comes_through(self) -> None:
        gate = self.open()
        self.until(gate, "ok")
        with self.assertRaises(ZeroDivisionError):
            with gate.entry():
                raise ZeroDivisionError

    def test_a_verdict_is_true_only_where_entries_are_allowed(self) -> None:
        self.assertTrue(Verdict(allowed=True, code="ok"))
        self.assertFalse(Verdict(allowed=False, code="limit"))

    def test_many_threads_may_ask_and_report_at_once(self) -> None:
        gate = self.open()
        self.until(gate, "ok")
        answers: List[bool] = []
        reports: List[Report] = []

        def bot(number: int) -> None:
            for step in range(50):
                reports.append(gate.report(number * 1000 + step))
                answers.append(gate.can_trade().allowed)

        threads = [threading.Thread(target=bot, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for report in reports:
            report.result(60)
        self.assertEqual(len(answers), 400)
        self.assertEqual(sorted(self.service.equities), sorted(n * 1000 + s for n in range(8) for s in range(50)))

    def test_asyncio_awaits_a_report_and_enters_without_a_wait(self) -> None:
        self.service.on_report = lambda _: (200, LIMIT)

        async def bot() -> Tuple[str, str]:
            async with Gate("bot1", self.service.url, ask_every=0.02) as gate:
                verdict = await gate.report(850)
                try:
                    async with gate.entry():
                        return verdict.code, "entered"
                except EntryBlocked as blocked:
                    return verdict.code, blocked.verdict.code

        self.service.verdict = (200, LIMIT)
        self.assertEqual(asyncio.run(bot()), ("limit", "limit"))


class Hearing(GateCase):
    def test_listeners_hear_of_a_breach_and_of_its_end_once_each(self) -> None:
        gate = self.open()
        heard: List[str] = []
        gate.on_breach(lambda verdict: heard.append(f"breach {verdict.holders}"))
        gate.on_resume(lambda verdict: heard.append(f"resume {verdict.code}"))
        self.until(gate, "ok")
        for code in ("limit", "no-guardian", "limit", "ok"):
            self.service.verdict = (200, {**LIMIT} if code == "limit" else with_code(code))
            self.until(gate, code)
        self.assertEqual(heard, ["breach ('limit:max_daily_loss',)", "resume ok"])

    def test_a_second_limit_that_breaks_is_a_breach_of_its_own(self) -> None:
        gate = self.open()
        heard: List[Tuple[str, ...]] = []
        gate.on_breach(lambda verdict: heard.append(verdict.holders))
        self.until(gate, "ok")
        both = [*LIMIT["holders"], "limit:max_drawdown"]
        for holders in (LIMIT["holders"], both, LIMIT["holders"]):
            self.service.verdict = (200, {**LIMIT, "holders": holders})
            eventually(lambda: gate.can_trade().holders == tuple(holders), f"{holders}")
        self.assertEqual(heard, [("limit:max_daily_loss",), tuple(both)])

    def test_what_is_known_first_is_no_change(self) -> None:
        self.service.verdict = (200, LIMIT)
        gate = self.open()
        heard: List[str] = []
        gate.on_breach(lambda verdict: heard.append("breach"))
        gate.on_resume(lambda verdict: heard.append("resume"))
        self.until(gate, "limit")
        self.service.verdict = (200, OK)
        self.until(gate, "ok")
        self.assertEqual(heard, ["resume"])

    def test_a_listener_that_fails_or_has_left_does_not_affect_the_others(self) -> None:
        gate = self.open()
        heard: List[str] = []
        gate.on_breach(lambda verdict: 1 / 0)
        remove = gate.on_breach(lambda verdict: heard.append("left"))
        gate.on_breach(lambda verdict: heard.append("there"))
        remove()
        remove()
        self.until(gate, "ok")
        self.service.verdict = (200, LIMIT)
        eventually(lambda: heard == ["there"], "the listener")
        self.service.verdict = (200, OK)
        self.until(gate, "ok")

    def test_asyncio_iterates_over_changes(self) -> None:
        async def bot() -> List[str]:
            async with Gate("bot1", self.service.url, ask_every=0.02) as gate:
                codes: List[str] = []
                async for verdict in gate.changes():
                    if verdict.code not in codes:
                        codes.append(verdict.code)
                    if verdict.code == "limit":
                        return codes
                    if verdict.code == "ok":
                        self.service.verdict = (200, LIMIT)
                return codes

        self.assertEqual(asyncio.run(asyncio.wait_for(bot(), 20))[-2:], ["ok", "limit"])

    def test_an_event_of_the_console_makes_the_gate_ask_at_once(self) -> None:
        gate = Gate("bot1", self.service.url, events_url=self.service.url, events_token="reader", ask_every=3600)
        self.addCleanup(gate.close)
        self.until(gate, "ok")
        eventually(self.streams, "the listener")
        self.assertEqual(self.streams()[0], ("GET", "/api/events?trader=bot1", "Bearer reader"))
        eventually(lambda: len(self.service.requests) == 5, "the questions at the start")

        self.service.verdict = (200, LIMIT)
        self.service.publish(b'id: 7\ndata: {"seq": 7}\n\n')

        self.until(gate, "limit")

    def test_the_gate_listens_again_after_the_stream_has_ended(self) -> None:
        gate = Gate("bot1", self.service.url, events_url=self.service.url, ask_every=3600)
        self.addCleanup(gate.close)
        eventually(self.streams, "the listener")
        self.service.publish(b"")
        eventually(lambda: len(self.streams()) > 1, "another stream")
