"""The citizen's ID number (S-23), invented numbers only."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.identity_number import check, check_character, normal

TODAY = date(2025, 3, 3)


def test_number_with_the_right_check_digit_is_valid() -> None:
    # 7+36+0+25+16+8+2+9+36+0+0+9+0+5+0+0+2 = 155; 155 mod 11 = 1 → "0" (S-23).
    assert check("140522196001010010", TODAY) is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("140522196001010011", "身份证号码校验位错误，请核对"),
        ("140522198802300017", "身份证号码中的出生日期不存在或晚于今天"),
        ("140522203001010017", "身份证号码中的出生日期不存在或晚于今天"),
        ("14052219600101001", "身份证号码应为18位，现为17位"),
        ("14052219600101001A", "身份证号码应为数字，仅末位可为X"),
        ("1405221960010100l0", "身份证号码应为数字，仅末位可为X"),
        ("", "身份证号码应为18位，现为0位"),
    ],
)
def test_wrong_number_is_refused_with_its_reason(typed: str, said: str) -> None:
    problem = check(typed, TODAY)
    assert problem is not None
    assert (problem.zh, problem.pointer, problem.clause) == (said, "/id_number", "X-15")


def test_full_width_digits_blanks_and_a_small_x_are_read() -> None:
    assert normal("１４０５２２ 19600101 001ｘ") == "14052219600101001X"
    assert check("１４０５２２１９６００１０１００１０", TODAY) is None


@given(st.integers(min_value=0, max_value=999), st.dates(date(1920, 1, 1), date(2024, 12, 31)))
def test_one_wrong_digit_never_passes(serial: int, born: date) -> None:
    first = f"140522{born:%Y%m%d}{serial:03d}"
    number = first + check_character(first)
    assert check(number, TODAY) is None
    wrong = number[:16] + str((int(number[16]) + 1) % 10) + number[17]
    assert check(wrong, TODAY) is not None
