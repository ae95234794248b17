"""How amounts and ratios are rounded and written on papers. Money is yuan with two places, rounded half-up."""

from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal("0.00")


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(ZERO, ROUND_HALF_UP)


def yuan(amount: Decimal) -> str:
    """10,200.00"""
    return f"{amount:,.2f}"


def plain(amount: Decimal) -> str:
    """10200.00, as programs read it."""
    return f"{amount:.2f}"


def on_paper(value: str) -> str:
    """The value of a trace line as people read it: an amount as `yuan` has it, words as they are."""
    whole, point, places = value.partition(".")
    is_amount = point and len(places) == 2 and whole.isdigit() and places.isdigit()
    return yuan(Decimal(value)) if is_amount else value


def percent(ratio: Decimal) -> str:
    """60%, 62.5%"""
    return f"{(ratio * 100).normalize():f}%"
