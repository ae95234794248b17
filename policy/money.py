"""How amounts and ratios are rounded and written on papers. Money is yuan with two places, rounded half-up."""

from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal("0.00")


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(ZERO, ROUND_HALF_UP)


def yuan(amount: Decimal) -> str:
    """10,200.00"""
    return f"{amount:,.2f}"


def percent(ratio: Decimal) -> str:
    """60%, 62.5%"""
    return f"{(ratio * 100).normalize():f}%"
