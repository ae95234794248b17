"""报送表格 without script: the form, what becomes of a table on the running house, its receipt, and who sees none of it."""

import asyncio
import re
import uuid
from io import BytesIO
from urllib.parse import urlsplit

from python_calamine import CalamineWorkbook

from tests.api.test_workbooks import roster
from tests.api.test_workbooks import row as listed
from tests.casework import id_number
from tests.exchange.poison import typed, xlsx
from tests.pages.conftest import SignedIn
from tests.pages.visitor import Shown, Visitor

VETERANS = "county.veterans_affairs.caseworker@140522"
CIVIL = "county.civil_affairs.caseworker@140522"
TOWN = "township.township_government.caseworker@140522100"
HEADER = ("姓名", "身份证号码", "对象类别", "开始日期", "名单提供日期")
PATIENCE, PAUSE = 300, 0.1


def person(number: int, id_as_number: bool = False) -> list[object]:
    id_of = id_number("140522", "19520303", number)
    return [f"页{chr(0x4E00 + number)}", int(id_of[:17]) if id_as_number else id_of, "YF", "2025-01-01", "2025-02-20"]


async def hand_in(visitor: Visitor, content: bytes, month: str = "2025-02") -> Shown:
    shown = await visitor.get("/uploads")
    values, files = {"month": month}, {"file": ("优抚名单.xlsx", content)}
    return await visitor.post(shown, "/uploads", values, files, having="kind=identity")


async def checked(visitor: Visitor, content: bytes, month: str = "2025-02") -> Shown:
    return await finished(visitor, await hand_in(visitor, content, month))


def path(shown: Shown) -> str:
    return urlsplit(shown.address).path


async def confirmed(visitor: Visitor, shown: Shown) -> Shown:
    return await finished(visitor, await visitor.post(shown, f"{path(shown)}/commit"))


async def finished(visitor: Visitor, shown: Shown) -> Shown:
    """The page once the rows have been looked at or taken in: by reload, as without script."""
    for _ in range(PATIENCE):
        if 'hx-trigger="every 2s"' not in shown.html:
            return shown
        await asyncio.sleep(PAUSE)
        shown = await visitor.get(shown.address)
    raise AssertionError("the table was not taken in")


async def test_a_table_is_handed_in_watched_and_corrected(visiting: SignedIn) -> None:
    visitor = await visiting(VETERANS)
    assert "还没有报送过表格" in (await visitor.get("/uploads")).text
    form = await visitor.http.get("/uploads/templates/identity.xlsx")
    assert CalamineWorkbook.from_filelike(BytesIO(form.content)).sheet_names[0] == "填报表"
    content = xlsx([["阳城县重点优抚对象"], HEADER, person(1), person(2), person(3, id_as_number=True), person(1)])
    taken = await hand_in(visitor, content)
    assert re.search(r"/uploads/[0-9a-f-]{36}$", taken.address)
    seen = await finished(visitor, taken)
    assert 'http-equiv="refresh"' not in seen.html
    for words in (
        "总行数 4 可以接收 2 将退回 1 重复 1",
        "这是预先核对的结果，尚未接收任何一行。",
        "未作为数据的行（标题、表头、注和落款） 1–2",
        "5 退回 身份证号码 以数字保存",
    ):
        assert words in seen.text, words
    done = await confirmed(visitor, seen)
    for words in (
        "优抚名单.xlsx",
        "2025-02",
        "总行数 4 接收 2 退回 1 重复 1",
        "5 退回 身份证号码 以数字保存",
        "6 重复 — 此前已报送",
    ):
        assert words in done.text, words
    receipt = await visitor.http.get(f"{done.address}/receipt.xlsx")
    sheet = CalamineWorkbook.from_filelike(BytesIO(receipt.content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in sheet] == ["阳城县重点优抚对象", "姓名", person(3)[0]]
    again = await hand_in(visitor, content)
    assert "这个文件此前已经报送过" in again.text
    assert again.address == f"{done.address}?again=yes"
    listed = await visitor.get("/uploads")
    assert "救助对象身份 2025-02 处理完毕 4 2 1 1" in listed.text
    assert "没有符合条件的报送" in (await visitor.get("/uploads?kind=identity&month=2024-01")).text
    assert "救助对象身份 2025-02 处理完毕 4 2 1 1" in (await visitor.get("/uploads?kind=identity&month=2025-02")).text


async def test_a_corrected_receipt_is_handed_in_from_the_page_of_its_batch(visiting: SignedIn) -> None:
    visitor = await visiting(VETERANS)
    rows = [HEADER, person(11), person(12, id_as_number=True), person(13, id_as_number=True)]
    first = await confirmed(visitor, await checked(visitor, xlsx(rows), "2025-01"))
    receipt = await visitor.http.get(f"{first.address}/receipt.xlsx")
    sheet, mark = typed(receipt.content)
    sheet[1][1] = person(12)[1]
    content = xlsx(sheet, mark)
    shown = await visitor.post(first, "/uploads", files={"file": ("错误回执.xlsx", content)}, having="kind=identity")
    second = await confirmed(visitor, await finished(visitor, shown))
    assert "接续 首次报送 （本批第2次）" in second.text
    assert "本批共报送 2 次，合计 5 行：接收 2，退回 3，重复 0；尚待更正 1 行。" in second.text
    assert "数据所属月份 2025-01" in second.text


async def test_a_table_that_was_looked_at_is_thrown_away(visiting: SignedIn) -> None:
    visitor = await visiting(VETERANS)
    content = xlsx([HEADER, person(21)])
    shown = await checked(visitor, content)
    discarded = await visitor.post(shown, f"{path(shown)}/discard")
    assert "本次报送已放弃，没有接收任何一行。" in discarded.text
    late = await visitor.post(shown, f"{path(shown)}/commit")
    assert (late.status, "本次报送不在待确认状态" in late.text) == (409, True)
    assert "可以接收 1" in (await checked(visitor, content)).text, "what was thrown away may be handed in again"


async def test_what_is_wrong_with_a_file_is_said_at_its_form(visiting: SignedIn) -> None:
    visitor = await visiting(CIVIL)
    shown = await hand_in(visitor, b"%PDF-1.4 invented", month="2025-01")
    assert shown.status == 422
    assert "不是可以读取的表格" in shown.text
    assert 'value="2025-01"' in shown.html
    listed = await visitor.get("/uploads")
    without = await visitor.post(listed, "/uploads", {"month": "2025-13"}, having="kind=identity")
    assert (without.status, "请选择文件" in without.text, "月份应写成2025-03" in without.text) == (422, True, True)


async def test_a_file_that_cannot_be_read_is_told_so(visiting: SignedIn) -> None:
    visitor = await visiting(CIVIL)
    shown = await finished(visitor, await hand_in(visitor, f"姓名,金额\r\n{uuid.uuid4().hex},1\r\n".encode()))
    assert "文件没有被接收 没有找到表头，应有：姓名、身份证号码、对象类别、开始日期、名单提供日期" in shown.text


async def test_other_posts_see_no_tables(visiting: SignedIn) -> None:
    visitor = await visiting(TOWN)
    shown = await visitor.get("/uploads")
    assert (shown.status, "您的岗位不能查看报送的表格" in shown.text) == (403, True)
    assert "报送表格" not in (await visitor.get("/inbox")).text
    assert (await visitor.get(f"/uploads/{uuid.uuid4()}")).status == 403


async def test_a_workbook_of_which_no_list_was_taken_says_why_of_each(visiting: SignedIn) -> None:
    visitor = await visiting(CIVIL)
    lists = [
        roster(one, listed((f"页册{one}", id_number("140522", "19530303", n))))
        for n, one in enumerate(("低保", "特困"))
    ]
    form, files = await visitor.get("/uploads"), {"file": ("名单.xlsx", xlsx(*lists))}
    handed = await visitor.post(form, "/uploads", {"month": "2025-02"}, files, having="kind=adjustment")
    seen = await finished(visitor, handed)
    assert "各类别的名单均未接收，原因见各名单" in seen.text
    assert seen.text.count("名单须附动态调整情况证明（附件4）") == 2
