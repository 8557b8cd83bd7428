from types import SimpleNamespace as Made

import account
from alpaca.trading.enums import PositionSide


class TradingClient:
    def __init__(self, api_key=None, secret_key=None, paper=True):
        assert paper

    def get_account(self):
        return Made(equity=str(account.equity()))

    def get_all_positions(self):
        held = [Made(symbol="SPY", qty=str(account.size), side=PositionSide.LONG)] if account.size else []
        return [Made(symbol="QQQ", qty="-5", side=PositionSide.SHORT), *held]

    def submit_order(self, order_data):
        account.place(order_data.side.value, order_data.qty)
