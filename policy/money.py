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


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿")
_BEYOND_WORDS = Decimal(10) ** 12


def in_words(amount: Decimal) -> str:
    """An amount of yuan as papers of payment write it: 壹万零贰佰元整, 壹佰万元零伍角, 伍分.

    By 支付结算办法, annex 1: 整 after a whole amount of yuan only; one 零 for noughts between digits, also before 角 or 分.
    Raises ValueError for a negative amount, for parts of a cent and from 10¹² yuan on.
    """
    if amount < 0 or amount != cents(amount) or amount >= _BEYOND_WORDS:
        raise ValueError("no amount that a paper of payment can bear")
    whole, fraction = divmod(int(amount * 100), 100)
    jiao, fen = divmod(fraction, 10)
    words = f"{_integer_in_words(whole)}元" if whole or not fraction else ""
    if not fraction:
        return f"{words}整"
    if words and (not jiao or whole % 10 == 0):
        words += "零"
    words += f"{_DIGITS[jiao]}角" if jiao else ""
    return words + (f"{_DIGITS[fen]}分" if fen else "")


def _integer_in_words(number: int) -> str:
    """Groups of four digits; a 零 where a group that follows does not fill its four places."""
    words = ""
    for group in range(len(_GROUPS) - 1, -1, -1):
        four = number // 10_000**group % 10_000
        if not four:
            continue
        higher = number // 10_000 ** (group + 1)
        gap = higher and (four < 1000 or not higher % 10_000)
        words += ("零" if gap else "") + _four_in_words(four) + _GROUPS[group]
    return words or _DIGITS[0]


def _four_in_words(four: int) -> str:
    words, gap = "", False
    for place in range(len(_PLACES) - 1, -1, -1):
        digit = four // 10**place % 10
        if digit:
            words += ("零" if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = not digit and bool(words)
    return words
