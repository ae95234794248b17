"""The payment file for the bank, and the bank's return: by template, as text, in the words that banks use."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from exchange.bank_return import COLUMNS, paid, reason
from exchange.columns import BadCell
from exchange.payment_file import BadTemplate, Instruction, Template, as_csv, as_xlsx
from policy.payment_terms import BounceReason
from store.packs import rulebook_from_packs

DAY = date(2025, 3, 3)
LINES = (
    Instruction(1, "14052210020250001-1", "申甲", "0062000000000000021", "虚构银行", Decimal("10200.00")),
    Instruction(2, "14052210020250002-3", "=𠮷乙", "6200000000000000022", "", Decimal("0.05")),
)


@pytest.fixture
def template() -> Template:
    return Template.of(rulebook_from_packs("140522", DAY).parameter("PAYMENT_FILE", DAY).value)


def test_csv_keeps_accounts_as_text(template: Template) -> None:
    rows = list(csv.reader(io.StringIO(as_csv(template, LINES).decode("utf-8-sig"))))
    assert rows[0] == ["序号", "付款流水号", "收款人户名", "收款人账号", "开户银行", "金额", "用途"]
    assert rows[1] == ["1", "14052210020250001-1", "申甲", "0062000000000000021", "虚构银行", "10200.00", "医疗救助金"]
    assert rows[2][2] == "𠮷乙", "nothing that begins a formula"


def test_gb18030_holds_rare_characters() -> None:
    columns = [{"field": "name", "header": "户名"}, {"field": "amount", "header": "金额"}]
    rare = Template.of({"columns": columns, "encoding": "gb18030"})
    assert "𠮷乙" in as_csv(rare, LINES).decode("gb18030")


def test_xlsx_is_all_text_and_the_same_each_time(template: Template) -> None:
    made = as_xlsx(template, LINES, DAY)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(made)).get_sheet_by_index(0).to_python()
    assert sheet[1][3] == "0062000000000000021"
    assert sheet[2][5] == "0.05"
    assert as_xlsx(template, LINES, DAY) == made


@pytest.mark.parametrize(
    "value",
    [
        {"columns": []},
        {"columns": [{"field": "id_number", "header": "证件"}]},
        {"columns": [{"field": "name", "header": "户名"}], "encoding": "latin-1"},
    ],
)
def test_template_that_names_what_there_is_not_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(BadTemplate):
        Template.of(value)


def test_bank_says_plainly_or_is_not_understood() -> None:
    assert paid(" 交易成功 ") is True
    assert paid("退票") is False
    with pytest.raises(BadCell):
        paid("处理中")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("账户已销户", BounceReason.ACCOUNT_CLOSED),
        ("收款人户名不符", BounceReason.NAME_MISMATCH),
        ("账号不存在", BounceReason.NO_ACCOUNT),
        ("止付账户", BounceReason.ACCOUNT_FROZEN),
        ("请联系张三", BounceReason.OTHER),
    ],
)
def test_banks_words_become_a_code(words: str, code: BounceReason) -> None:
    assert reason(words) is code


def test_columns_of_the_return_are_found_by_what_banks_call_them() -> None:
    by_name = {column.name: column for column in COLUMNS}
    assert by_name["reference"].is_called("业务流水号")
    assert by_name["account"].is_called("账号（后四位）")
