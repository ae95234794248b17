import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from notifications.papers import (
    PAPER_STYLESHEET,
    CalculationLine,
    PosterEntry,
    Provision,
    calculation_lines,
    notice_number,
    period_in_words,
    render_paper,
)
from notifications.templating import TEMPLATES
from policy.decision import TraceLine
from policy.rulebook import Basis, Parameter
from tests.notifications.paper_samples import (
    CALCULATION,
    COUNTY_POSTER,
    DELIVERY,
    ID_NUMBER,
    MISSING,
    NAME,
    PAPERS,
    RECEIPT,
    REFUSAL,
    TOWNSHIP_POSTER,
)

STYLESHEET = "/static/paper.css"


class _Page(HTMLParser):
    """The words of the page without its markup, and what it would load or run."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.attributes: dict[str, list[str | None]] = {}
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value)
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())

    @property
    def text(self) -> str:
        return "".join(self.words)


def text_of(paper: object) -> str:
    return _Page(render_paper(paper, stylesheet=STYLESHEET)).text  # type: ignore[arg-type]


def test_refusal_notice_is_annex_5_to_the_letter() -> None:
    """The form's own words, with its blanks filled in (A-68)."""
    title = "不符合医疗救助条件书面告知书"
    assert text_of(REFUSAL).removeprefix(title) == (
        "不符合医疗救助条件书面告知书"
        "〔2025〕第3号"
        "申请人王小明："
        "你于2025年4月2日提交的医疗救助申请收悉。经研究，不符合我省医疗救助政策的以下规定："
        "晋医保发〔2019〕46号 一（四）：不符合因病致贫家庭重病患者条件；"
        "晋医保发〔2019〕46号 三（十一）：入户调查的患病情况或家庭经济状况与申请不符；"
        "理由：经入户调查，家庭名下有未申报的营运车辆一辆，家庭人均收入超过认定标准。"
        "决定不予受理，特此书面告知。"
        "如对本决定不服，可自收到本决定之日起60日内依法提起行政复议，或6个月内向人民法院提起诉讼。"
        "北留镇人民政府（盖章）"
        "2025年4月9日"
    )


def test_refusal_notice_takes_periods_and_wording_from_outside() -> None:
    other = replace(REFUSAL, reconsideration_period="90日", suit_period="1年", decision_words="不予救助")
    text = text_of(other)
    assert "起90日内依法提起行政复议，或1年内向人民法院提起诉讼" in text
    assert "决定不予救助，" in text
    assert not re.search("60日|6个月|不予受理", text)


def test_no_period_is_typed_in_a_template() -> None:
    templates = [path.read_text(encoding="utf-8") for path in (TEMPLATES / "papers").glob("*/page.html")]
    assert templates
    assert not any(re.search(r"\d+\s*(?:个?工作日|日内|个月)", template) for template in templates)


def test_refusal_without_provision_or_reason_is_refused() -> None:
    with pytest.raises(ValueError, match="provision"):
        replace(REFUSAL, provisions=())
    with pytest.raises(ValueError, match="reason"):
        replace(REFUSAL, reason=" ")


def test_delivery_record_prints_both_remedy_dates() -> None:
    text = text_of(DELIVERY)
    assert "申请行政复议：自收到之日起60日内，至2025年6月9日止" in text
    assert "提起行政诉讼：自收到之日起6个月内，至2025年10月10日止" in text
    assert "送达方式直接送达送达日期2025年4月10日" in text
    assert "《不符合医疗救助条件书面告知书》〔2025〕第3号" in text


@pytest.mark.parametrize("poster", [TOWNSHIP_POSTER, COUNTY_POSTER], ids=["township", "county"])
def test_poster_shows_nobody_in_full(poster: object) -> None:
    text = text_of(poster)
    assert "王**" in text
    assert "140522********0017" in text
    assert NAME not in text
    assert not re.search(r"\d{10,}|" + ID_NUMBER, text)


def test_poster_says_until_when_and_where_to_object() -> None:
    text = text_of(TOWNSHIP_POSTER)
    assert "2025年3月13日张贴，至2025年3月20日（星期四）24时止" in text
    assert "异议受理北留镇人民政府社会事务办公室，电话：0356-0000000" in text
    assert "监督单位阳城县医疗保障局，0356-0000001" in text
    assert "根据晋医保发〔2019〕46号 三（十一）的规定" in text


def test_amount_stands_on_the_countys_poster_only() -> None:
    assert "10,200.00" in text_of(COUNTY_POSTER)
    assert "金额" not in text_of(TOWNSHIP_POSTER)
    with pytest.raises(ValueError, match="no amount"):
        replace(TOWNSHIP_POSTER, entries=COUNTY_POSTER.entries)
    with pytest.raises(ValueError, match="amount"):
        replace(COUNTY_POSTER, entries=TOWNSHIP_POSTER.entries)


@pytest.mark.parametrize(("name", "number"), [(NAME, "140522********0017"), ("王**", ID_NUMBER)])
def test_unmasked_entry_is_refused(name: str, number: str) -> None:
    with pytest.raises(ValueError, match="full") as caught:
        PosterEntry(name, number, "北留镇章训村", "低保对象", None)
    assert not re.search(f"{NAME}|{ID_NUMBER}", str(caught.value))


def test_calculation_sheet_shows_each_line_with_its_clause() -> None:
    text = text_of(CALCULATION)
    assert "核定救助金额人民币 10,200.00 元" in text
    assert "按比例救助17000.00 × 60%10200.00晋医保发〔2019〕46号 二（七）" in text
    assert "CAP(GXZC)40000.002024年1月1日演示参数演示值" in text


def test_calculation_sheet_names_no_amount_while_a_parameter_is_missing() -> None:
    text = text_of(replace(CALCULATION, amount=None, lines=(), parameters=(), remarks=("缺少参数：RATE(DSR)",)))
    assert "核定救助金额参数缺失，暂不核定" in text
    assert "元" not in text.split("计算过程")[0]
    assert "缺少参数：RATE(DSR)" in text


def test_calculation_lines_cite_their_clause() -> None:
    trace = (TraceLine("年度限额", "min(1, 2)", "1.00", "A-15"), TraceLine("取整", "1.00", "1.00"))
    assert [vars_of(line) for line in calculation_lines(trace, lambda clause: f"引{clause}")] == [
        ("年度限额", "min(1, 2)", "1.00", "引A-15"),
        ("取整", "1.00", "1.00", None),
    ]


def vars_of(line: CalculationLine) -> tuple[str, str, str, str | None]:
    return (line.step, line.formula, line.value, line.citation)


def test_receipt_lists_what_may_follow_and_by_when() -> None:
    text = text_of(RECEIPT)
    assert "本机关已于2025年3月4日受理" in text
    assert "请于2025年3月18日（星期二，含当日）前补交：医疗保险报销证明" in text
    complete = text_of(replace(RECEIPT, pending_papers=(), pending_until=None))
    assert "容缺" not in complete
    with pytest.raises(ValueError, match="last day"):
        replace(RECEIPT, pending_until=None)


def test_missing_papers_are_told_once_with_the_last_day() -> None:
    text = text_of(MISSING)
    assert "现一次性告知：病史材料医疗保险报销证明补正说明：" in text
    assert "请于2025年3月19日（星期三，含当日）前将上述材料交至本机关" in text
    assert "请将上述材料交至本机关" in text_of(replace(MISSING, supply_until=None, note=None))
    with pytest.raises(ValueError, match="nothing"):
        replace(MISSING, missing=())


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS.keys())
@pytest.mark.parametrize("demonstration", [True, False])
def test_demonstration_is_marked_on_every_paper_and_only_then(paper: object, demonstration: bool) -> None:
    text = text_of(replace(paper, demonstration=demonstration))  # type: ignore[type-var]
    assert ("演示数据 DEMO" in text) is demonstration


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS.keys())
def test_page_is_well_formed_and_holds_neither_style_nor_script(paper: object) -> None:
    page = _Page(render_paper(paper, stylesheet=STYLESHEET))  # type: ignore[arg-type]
    assert page.open == []
    assert page.attributes["href"] == [STYLESHEET]
    assert page.tags.count("link") == 1
    assert not {"script", "style", "img", "iframe", "object"} & set(page.tags)
    assert not {name for name in page.attributes if name == "style" or name == "src" or name.startswith("on")}


def test_way_back_stands_on_screens_only() -> None:
    html = render_paper(REFUSAL, stylesheet=STYLESHEET, back="/cases/1")
    assert '<nav class="screen-only"><a href="/cases/1">返回案件</a>' in html
    printed = PAPER_STYLESHEET.read_text(encoding="utf-8").partition("@media print")[2]
    assert ".screen-only { display: none; }" in printed


def test_page_title_names_no_person() -> None:
    html = render_paper(REFUSAL, stylesheet=STYLESHEET)
    assert "<title>不符合医疗救助条件书面告知书</title>" in html


def test_what_people_typed_is_escaped() -> None:
    hostile = replace(REFUSAL, reason="<script>alert(1)</script>", provisions=(Provision("<b>", "&"),))
    html = render_paper(hostile, stylesheet=STYLESHEET)
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert "<li>&lt;b&gt;：&amp;；</li>" in html


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS.keys())
def test_paper_has_no_repr(paper: object) -> None:
    assert not re.search(r"王|\d{4}年|datetime|Decimal", repr(paper))


def test_stylesheet_loads_nothing() -> None:
    css = PAPER_STYLESHEET.read_text(encoding="utf-8")
    assert "@page" in css
    assert not re.search(r"url\(|@import|https?:", css)


def test_every_folder_has_a_paper() -> None:
    assert {folder.name for folder in (TEMPLATES / "papers").iterdir() if folder.is_dir()} == set(PAPERS)


@pytest.mark.parametrize(
    ("value", "unit", "words"), [(60, "days", "60日"), (6, "months", "6个月"), (10, "WD", "10个工作日")]
)
def test_period_in_words(value: int, unit: str, words: str) -> None:
    assert period_in_words(rule(value, unit)) == words


@pytest.mark.parametrize(("value", "unit"), [(None, "WD"), (Decimal("0.6"), "ratio"), (10, "day_of_next_month")])
def test_what_is_no_period_has_no_words(value: object, unit: str) -> None:
    with pytest.raises(ValueError, match="T-TEST"):
        period_in_words(rule(value, unit))


def rule(value: object, unit: str) -> Parameter:
    return Parameter("T-TEST", value, unit, "14", date(2019, 6, 25), None, "晋医保发〔2019〕46号", Basis.DOCUMENT)


def test_notice_number() -> None:
    assert notice_number(2025, 3) == "〔2025〕第3号"
