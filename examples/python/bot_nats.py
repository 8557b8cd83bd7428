"""A bot by NATS: reads prices, one a line, and holds 10 units while it may. Needs nats-py: pip install nats-py"""
import asyncio, json, os, sys, time
import nats

TRADER = os.environ.get("TRADER") or "python-nats"
STOP = float(os.environ.get("STOP", "-inf"))  # The bot's own exit: it sells at this price or below.

async def main():
    price, cash, units = 0.0, 1000.0, 0
    version, decision, heard = 0, {"status": "unknown", "reason": "nothing is decided yet"}, 0.0

    async def on_event(message):
        nonlocal cash, units, version, decision, heard
        event = json.loads(message.data or "{}")
        if event.get("trader") != TRADER:  # Obey nothing that names another bot.
            return
        heard = time.monotonic()
        if event["version"] > version:
            version, decision = event["version"], event["decision"]
        if decision.get("code") == "limit" and units > 0:  # A limit broke: obey at once.
            units, cash = 0, cash + units * price

    connection = await nats.connect(os.environ.get("NATS_URL", "nats://127.0.0.1:4222"), max_reconnect_attempts=-1)
    await connection.subscribe(f"risk.*.{TRADER}", cb=on_event)
    while line := await asyncio.to_thread(sys.stdin.readline):
        price = float(line)
        if units > 0 and price <= STOP:  # An exit asks nobody and waits for no network: reducing is always allowed.
            units, cash = 0, cash + units * price
        await connection.publish(f"equity.tick.{TRADER}", json.dumps({"equity": round(cash + units * price, 2)}).encode())
        is_fresh = time.monotonic() - heard < 10  # Each tick has its event: where none comes, nobody judges.
        if units == 0 and price > STOP and is_fresh and decision["status"] == "allowed":
            units, cash = 10, cash - 10 * price
        print(f"{price:g}", units, decision["reason"] if is_fresh else "no decision for 10 s", flush=True)

asyncio.run(main())
