import asyncio
import os
import threading
import unittest
from typing import List

from drawbridge_client import EntryBlocked, Gate, ReportRefused
from service import eventually

URL = os.environ.get("DRAWBRIDGE_TEST_URL", "")
CONSOLE = os.environ.get("DRAWBRIDGE_TEST_CONSOLE")
BOTS = [f"{os.environ.get('DRAWBRIDGE_TEST_BOTS', 'python')}{number}" for number in range(4)]


@unittest.skipIf(URL == "", "DRAWBRIDGE_TEST_URL names no trader service")
class RealSystem(unittest.TestCase):
    """Against a trader service and a guardian with a daily loss limit of 10 percent, which block at once."""

    def open(self, trader: str, **options: object) -> Gate:
        gate = Gate(trader, URL, ask_every=0.05, **options)  # type: ignore[arg-type]
        self.addCleanup(gate.close)
        return gate

    def report_until(self, gate: Gate, equity: float, code: str) -> None:
        def is_so() -> bool:
            gate.report(equity).result(10)
            return gate.can_trade().code == code

        eventually(is_so, f"{code} at {equity}")

    def test_a_bot_enters_and_is_stopped_by_a_loss_and_may_always_reduce(self) -> None:
        gate = self.open(BOTS[0])
        breached = threading.Event()
        gate.on_breach(lambda verdict: breached.set())
        entered: List[str] = []
        with self.assertRaises(EntryBlocked):
            with gate.entry():
                entered.append("before its first reading")

        self.report_until(gate, 1000, "ok")
        with gate.entry():
            entered.append("while it may")
        self.report_until(gate, 850, "limit")

        with self.assertRaises(EntryBlocked) as raised:
            with gate.entry():
                entered.append("after its loss")
        self.assertEqual(entered, ["while it may"])
        self.assertEqual(raised.exception.verdict.holders, ("limit:max_daily_loss",))
        self.assertTrue(breached.wait(10))
        self.assertTrue(gate.can_trade("reduce"))

    def test_a_bot_in_asyncio_hears_of_its_breach(self) -> None:
        async def bot() -> str:
            async with Gate(BOTS[1], URL, ask_every=0.05) as gate:
                while not (await gate.report(1000)).allowed:
                    await asyncio.sleep(0)
                gate.report(850)
                async for verdict in gate.changes():
                    if verdict.code == "limit":
                        return verdict.code
                raise AssertionError("the changes ended")

        self.assertEqual(asyncio.run(asyncio.wait_for(bot(), 60)), "limit")

    @unittest.skipIf(CONSOLE is None, "DRAWBRIDGE_TEST_CONSOLE names no console")
    def test_events_of_the_console_tell_of_a_breach_that_another_process_caused(self) -> None:
        quiet = Gate(BOTS[2], URL, events_url=CONSOLE, ask_every=3600, max_age=3600)
        self.addCleanup(quiet.close)
        loud = self.open(BOTS[2])
        self.report_until(loud, 1000, "ok")
        eventually(lambda: quiet.can_trade().allowed, "the gate that only listens to open")
        self.report_until(loud, 850, "limit")
        eventually(lambda: quiet.can_trade().code == "limit", "the gate that only listens to close")

    def test_a_report_that_the_service_cannot_read_is_refused(self) -> None:
        gate = self.open(BOTS[3])
        with self.assertRaisesRegex(ReportRefused, "equity must be below 1e15 in size"):
            gate.report("1e20").result(10)
