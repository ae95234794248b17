import io
import re
import zipfile
from dataclasses import replace
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from exchange.disbursement_request import HEADINGS, HEADINGS_ROW, workbook
from policy.disbursement import DisbursementRequest
from tests.exchange.disbursement_samples import REQUEST


def rows_of(request: DisbursementRequest) -> list[list[object]]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(workbook(request))).get_sheet_by_index(0)
    return sheet.to_python()


def test_workbook_lists_the_payments_with_total_in_figures_and_words() -> None:
    rows = rows_of(REQUEST)
    assert rows[0][0] == "医疗救助资金拨款申请表"
    assert rows[1][0] == "申请单位：阳城县医疗保障局　　　致：阳城县财政局"
    assert tuple(rows[HEADINGS_ROW]) == HEADINGS
    assert rows[HEADINGS_ROW + 2][1:] == [
        "14052210020250002",
        "王小明",
        "医疗救助对象",
        "中国邮政储蓄银行阳城县支行",
        "6221880000000000017",
        866.05,
    ]
    total, words, hands = rows[HEADINGS_ROW + 3 :]
    assert (total[0], total[-1]) == ("合计（2笔）", 11066.05)
    assert words[0] == "合计大写：人民币壹万壹仟零陆拾陆元零伍分"
    assert hands[0] == "编制人：李经办　　　审批人：赵局长"


@pytest.mark.parametrize("typed", ["=1+1", "+8613", "@SUM(A1)", "https://example.org", "0012"])
def test_what_was_typed_stays_text(typed: str) -> None:
    line = replace(REQUEST.lines[0], payee_name=typed, account=typed)
    content = workbook(replace(REQUEST, lines=(line,)))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert (rows[HEADINGS_ROW + 1][2], rows[HEADINGS_ROW + 1][5]) == (typed, typed)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not re.search(r"<f>|<hyperlink", parts.read("xl/worksheets/sheet1.xml").decode())


def test_head_stays_in_sight_and_on_every_page() -> None:
    with zipfile.ZipFile(io.BytesIO(workbook(REQUEST))) as parts:
        assert f'ySplit="{HEADINGS_ROW + 1}"' in parts.read("xl/worksheets/sheet1.xml").decode()
        assert "_xlnm.Print_Titles" in parts.read("xl/workbook.xml").decode()


def test_the_same_request_makes_the_same_file() -> None:
    assert workbook(REQUEST) == workbook(replace(REQUEST))


def test_demonstration_and_open_approval_are_said() -> None:
    rows = rows_of(replace(REQUEST, demonstration=True, approved_by=None))
    assert "演示数据 DEMO" in str(rows[0][0])
    assert str(rows[-1][0]).endswith("审批人：（待审批）")


def test_request_without_payments_or_without_worth_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        replace(REQUEST, lines=())
    with pytest.raises(ValueError, match="something"):
        replace(REQUEST, lines=(replace(REQUEST.lines[0], amount=Decimal("0.00")),))
    assert "王小明" not in repr(REQUEST) + repr(REQUEST.lines)
