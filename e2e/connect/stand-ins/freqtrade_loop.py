"""Loads a strategy and calls it as freqtrade does: a fault of a callback counts as a yes."""

import logging
import runpy
import sys
import time
from types import SimpleNamespace as Made

import account

logging.basicConfig(stream=sys.stdout, format="%(message)s")


def safe(callback, default):
    try:
        return callback()
    except Exception:
        logging.exception("Unexpected error in callback")
        return default


config = {"runmode": Made(value="live"), "tradable_balance_ratio": 0.5, "stake_currency": "USDT"}
strategy = runpy.run_path(sys.argv[1])["MyStrategy"](config)
strategy.wallets = Made(get_total_stake_amount=lambda: 500.0)
strategy.dp = Made(ticker=lambda pair: {"last": 42})
strategy.bot_start()
entry = dict(pair="BTC/USDT", order_type="limit", amount=1.0, rate=42.0, time_in_force="GTC", entry_tag=None, side="long")
while True:
    strategy.bot_loop_start(current_time=None)
    if account.size > 0:
        account.place("sell", 1)
    elif safe(lambda: strategy.confirm_trade_entry(**entry, current_time=None), True):
        account.place("buy", 1)
    time.sleep(0.5)
