"""A bot by plain HTTP: reads prices, one a line, and holds 10 units while it may. Needs Python alone."""
import json
import os
import sys
from urllib.request import Request, urlopen

API = os.environ.get("DRAWBRIDGE_URL", "http://127.0.0.1:8081") + "/api/traders/" + (os.environ.get("TRADER") or "python-http")
HEADERS = {"Authorization": "Bearer " + os.environ["DRAWBRIDGE_TOKEN"]} if "DRAWBRIDGE_TOKEN" in os.environ else {}
STOP = float(os.environ.get("STOP", "-inf"))  # The bot's own exit: it sells at this price or below.

def call(path, body=None):
    with urlopen(Request(API + path, body and json.dumps(body).encode(), HEADERS), timeout=5) as answer:
        return json.load(answer)

cash, units = 1000.0, 0
for price in map(float, sys.stdin):
    if units > 0 and price <= STOP:  # An exit asks nobody and waits for no network: reducing is always allowed.
        units, cash = 0, cash + units * price
    try:
        verdict = call("/equity", {"equity": round(cash + units * price, 2)})  # The verdict on this very reading.
    except OSError as error:  # No answer allows nothing, and is no reason to sell.
        verdict = {"allowed": False, "code": "no-answer", "reason": f"no answer: {error}"}
    if units == 0 and price > STOP and verdict["allowed"]:
        units, cash = 10, cash - 10 * price
    elif units > 0 and verdict["code"] == "limit":  # A limit broke: obey.
        units, cash = 0, cash + units * price
    print(f"{price:g}", units, verdict["reason"], flush=True)
