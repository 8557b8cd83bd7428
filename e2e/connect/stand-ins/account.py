"""An account that loses 15 percent with its first purchase. It prints each order."""

size = 0
bought = 0


def equity() -> int:
    return 850 if bought > 0 else 1000


def position() -> int:
    return size


def place(side: str, quantity: object) -> None:
    global size, bought
    amount = int(float(str(quantity)))
    bought += side == "buy"
    size += amount if side == "buy" else -amount
    print(f"order {side} {amount}", flush=True)
