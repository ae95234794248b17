from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.money import in_words

DIGITS = {character: digit for digit, character in enumerate("零壹贰叁肆伍陆柒捌玖")}
WORTH = {"拾": 10, "佰": 100, "仟": 1000}


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角"),
        ("0.56", "伍角陆分"),
        ("10.00", "壹拾元整"),
        ("10.50", "壹拾元零伍角"),
        ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("1409.50", "壹仟肆佰零玖元伍角"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("10200.00", "壹万零贰佰元整"),
        ("107000.53", "壹拾万柒仟元零伍角叁分"),
        ("1000000.50", "壹佰万元零伍角"),
        ("100000000.01", "壹亿元零壹分"),
        ("100005000", "壹亿零伍仟元整"),
        ("1000010000", "壹拾亿零壹万元整"),
        ("999999999999.99", "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_amount_in_words(amount: str, words: str) -> None:
    """Among them the examples of 支付结算办法, annex 1."""
    assert in_words(Decimal(amount)) == words


@given(st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2))
def test_words_are_worth_the_amount_and_never_ambiguous(amount: Decimal) -> None:
    words = in_words(amount)
    assert read(words) == amount
    assert "零零" not in words
    assert not words.startswith("零") or words == "零元整"
    assert words.endswith("整") == (amount == int(amount))


@pytest.mark.parametrize("amount", ["-0.01", "0.001", "1000000000000", "NaN"])
def test_what_no_paper_can_bear_is_refused(amount: str) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        in_words(Decimal(amount))


def read(words: str) -> Decimal:
    """The words read again, character by character, by another way than they were written."""
    yuan, _, change = words.removesuffix("整").rpartition("元")
    total = section = digit = 0
    for character in yuan:
        if character in DIGITS:
            digit = DIGITS[character]
        elif character in WORTH:
            section, digit = section + digit * WORTH[character], 0
        else:
            total, section, digit = (total + section + digit) * 10_000, 0, 0
            total = total * 10_000 if character == "亿" and "万" not in yuan else total
    integer = total + section + digit
    cents = sum(DIGITS[before] * {"角": 10, "分": 1}[unit] for before, unit in pairwise(change) if unit in "角分")
    return Decimal(integer) + Decimal(cents) / 100
