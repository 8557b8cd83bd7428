from types import SimpleNamespace as Made

import account


class Trade:
    @staticmethod
    def get_trades_proxy(*, pair=None, is_open=None):
        assert is_open
        profit = account.equity() - 1000
        return [Made(pair="BTC/USDT", calc_profit=lambda rate: profit if rate == 42 else 0)] if account.bought else []
