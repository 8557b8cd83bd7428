import json
import logging
import os
import sys

from drawbridge_client import Gate

logging.getLogger("drawbridge_client").setLevel(logging.CRITICAL)
heard = []
with Gate(os.environ["TRADER"], os.environ["URL"], ask_every=0.1, max_age=int(os.environ["LEASE_MS"]) / 1000) as gate:
    gate.on_breach(lambda verdict: heard.append("breach"))
    gate.on_resume(lambda verdict: heard.append("resume"))
    for line in sys.stdin:
        order = json.loads(line)
        if "report" in order:
            for equity in order["report"]:
                gate.report(equity)
            answer = None
        elif "ask" in order:
            verdict = gate.can_trade(order["ask"])
            answer = {"allowed": verdict.allowed, "code": verdict.code}
        else:
            answer = heard
        print(json.dumps(answer), flush=True)
