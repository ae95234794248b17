"""A settlement is one settlement however its number is typed (B-21)."""

import pytest

from policy.settlement_number import same_number


@pytest.mark.parametrize("typed", ["js20241220-01", "ＪＳ20241220－01", " JS2024 1220-01 ", "JS２０２４1220-01"])
def test_a_settlement_number_is_the_same_however_it_is_typed(typed: str) -> None:
    assert same_number(typed) == "JS20241220-01"


def test_different_numbers_stay_different() -> None:
    assert same_number("JS20241220-01") != same_number("JS20241220-10")
