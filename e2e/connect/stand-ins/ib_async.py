"""What the recipe uses of ib_async."""

import time
from types import SimpleNamespace as Made

import account


class Stock:
    conId = 0

    def __init__(self, symbol, exchange, currency):
        pass


class MarketOrder:
    def __init__(self, action, totalQuantity):
        assert action in ("BUY", "SELL")
        self.action, self.totalQuantity = action, totalQuantity


class IB:
    def connect(self, host, port, clientId):
        pass

    def qualifyContracts(self, *contracts):
        for contract in contracts:
            contract.conId = 7

    def accountValues(self, account_name=""):
        return [
            Made(tag="NetLiquidation", value="0", currency="BASE"),
            Made(tag="NetLiquidation", value=f"{account.equity()}.00", currency="USD"),
        ]

    def positions(self, account_name=""):
        return [Made(contract=Made(conId=7), position=float(account.size)), Made(contract=Made(conId=8), position=50.0)]

    def placeOrder(self, contract, order):
        assert contract.conId == 7
        account.place(order.action.lower(), order.totalQuantity)

    def sleep(self, seconds):
        time.sleep(seconds)
