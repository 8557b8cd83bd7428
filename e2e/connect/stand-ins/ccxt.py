"""What the recipe uses of ccxt."""

import account


class bybit:
    def __init__(self, config):
        assert set(config) == {"apiKey", "secret"}

    def fetch_balance(self):
        return {"total": {"USDT": account.equity()}}

    def fetch_positions(self, symbols=None):
        return [{"side": "long", "contracts": account.size, "unrealizedPnl": None, "hedged": False}] if account.size else []

    def create_order(self, symbol, type, side, amount, price=None, params={}):
        assert type == "market" and price is None and set(params) == {"reduceOnly"}
        account.place(side, amount)
