"""What was filled in wrongly is told as what it is, with the limit that it breaks."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from api.filing.shape import CostStatement, Payee
from api.wrong_shape import shape_problem

PAYEE = {"kind": "hospital", "name": "王小明", "account": "6217000012345678"}


def said_of(part: type[Payee] | type[CostStatement], raw: dict[str, str], name: str) -> str:
    with pytest.raises(ValidationError) as caught:
        part.model_validate(raw)
    found = next(error for error in caught.value.errors() if error["loc"] == (name,))
    return shape_problem(found["type"], found["loc"], found.get("ctx")).zh


@pytest.mark.parametrize(
    ("account", "said"),
    [("123", "“账号”不得少于4个字符"), ("1" * 41, "“账号”不得超过40个字符")],
)
def test_length_is_named(account: str, said: str) -> None:
    assert said_of(Payee, PAYEE | {"account": account}, "account") == said


def test_empty_name_is_required() -> None:
    assert said_of(Payee, PAYEE | {"name": " "}, "name") == "“姓名（户名）”必须填写"


def test_negative_amount_is_told_as_negative() -> None:
    assert said_of(CostStatement, {"total": "-1.00"}, "total") == "“总费用”不能为负数"


def test_limits_other_than_zero_are_named() -> None:
    assert shape_problem("greater_than_equal", ("total",), {"ge": Decimal(5)}).en == "total must be at least 5"
    assert shape_problem("string_too_short", ("account",)).zh == "“账号”过短"


def test_name_that_is_asked_for_twice_says_whose_it_is() -> None:
    assert shape_problem("missing", ("body", "payee", "account")).zh == "“收款方账号”必须填写"
    assert shape_problem("missing", ("applicant", "household", 0, "name")).zh == "“家庭成员姓名”必须填写"
