import csv
import hashlib
import re
import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.glyphs import FONT, FONTS, unprintable
from notifications.papers import PROVISIONAL_CALENDAR, DisbursementPaper, Paper, PosterEntry, Provision
from notifications.typesetting import Unprintable, render_pdf, render_png
from policy.disbursement import DisbursementRequest
from tests.exchange.disbursement_samples import REQUEST
from tests.notifications.paper_samples import CASE_FILE, COUNTY_POSTER, DELIVERY, PAPERS, RECEIPT, REFUSAL, REVIEW
from tests.notifications.pdf_text import metadata_of, runs_of, words_of

EVERY = pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS.keys())
MARKUP = "#panic() $x$ *b* _i_ @ref `raw` <label> \\ // /* */ [a] {b} ~ -- --- \"q\" 'q' = + - #let x = 1"
ABSENT = "\U0002a6a5"
"""𪚥, a character of the dictionaries that the font does not hold."""


def test_font_is_the_one_of_the_manifest() -> None:
    manifest = tomllib.loads((FONTS / "MANIFEST.toml").read_text(encoding="utf-8"))
    [entry] = manifest["file"]
    assert entry["file"] == FONT.name
    assert hashlib.sha256(FONT.read_bytes()).hexdigest() == entry["sha256"]
    assert "SIL OPEN FONT LICENSE" in (FONTS / entry["licence_file"]).read_text(encoding="utf-8")
    assert entry["version"] in (FONTS / "make_subset.py").read_text(encoding="utf-8")


def test_font_holds_every_hanzi_of_gbk_and_every_division() -> None:
    gbk = "".join(chr(code) for code in range(0x4E00, 0x9FA6))
    assert len(gbk.encode("gbk")) == 2 * 20_902
    assert unprintable(gbk) == []
    with Path("policy/packs/divisions/shanxi.csv").open(encoding="utf-8", newline="") as file:
        assert unprintable("".join(row["name"] for row in csv.DictReader(file))) == []
    assert unprintable("喆堃玥祎昇䶮㛃𬭚 ABCxyz019 ，。、；：？！（）〔〕《》“”‘’—…·×÷−≤≥√□■○●℃％￥") == []


def test_missing_glyphs_are_named_once_each() -> None:
    assert unprintable(f"王{ABSENT}明{ABSENT}\ue000\n") == [ABSENT, "\ue000"]


@EVERY
def test_paper_is_pdf_a_2b_with_its_day_and_no_name_in_it(paper: Paper) -> None:
    pdf = render_pdf(paper)
    metadata = metadata_of(pdf)
    assert pdf.startswith(b"%PDF-1.7")
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in metadata
    assert f"<xmp:CreateDate>{paper.day.isoformat()}T" in metadata
    assert paper.title in metadata
    assert "王" not in metadata
    assert b"/Lang(zh-CN)" in pdf


@EVERY
def test_the_same_paper_makes_the_same_bytes(paper: Paper) -> None:
    assert render_pdf(paper) == render_pdf(replace(paper))


@EVERY
def test_demonstration_is_marked_on_every_page_and_only_then(paper: Paper) -> None:
    assert "演示数据DEMO" not in words_of(render_pdf(_demonstration(paper, False)))
    marked = words_of(render_pdf(_demonstration(paper, True)))
    assert marked.count("演示数据DEMO·非正式文书") == len(render_png(_demonstration(paper, True), dots_per_inch=10))


def _demonstration(paper: Paper, on: bool) -> Paper:
    return replace(paper, demonstration=on)


def test_refusal_notice_is_annex_5_to_the_letter() -> None:
    assert words_of(render_pdf(REFUSAL)) == (
        "不符合医疗救助条件书面告知书"
        "〔2025〕第3号"
        "申请人王小明："
        "你于2025年4月2日提交的医疗救助申请收悉。经研究，不符合我省医疗救助政策的以下规定："
        "1.晋医保发〔2019〕46号一（四）：不符合因病致贫家庭重病患者条件；"
        "2.晋医保发〔2019〕46号三（十一）：入户调查的患病情况或家庭经济状况与申请不符；"
        "理由：经入户调查，家庭名下有未申报的营运车辆一辆，家庭人均收入超过认定标准。"
        "决定不予受理，特此书面告知。"
        "如对本决定不服，可自收到本决定之日起60日内依法提起行政复议，或6个月内向人民法院提起诉讼。"
        "北留镇人民政府（盖章）"
        "2025年4月9日"
        "—1—"
    )


def test_wording_of_the_refusal_follows_its_parameter() -> None:
    words = words_of(render_pdf(replace(REFUSAL, decision_words="不予救助")))
    assert "决定不予救助，特此书面告知。" in words
    assert "不予受理" not in words


def test_typed_text_is_never_markup() -> None:
    hostile = replace(REFUSAL, applicant_name=MARKUP, reason=MARKUP, provisions=(Provision(MARKUP, MARKUP),))
    assert words_of(render_pdf(hostile)).count(re.sub(r"\s", "", MARKUP)) == 4


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet=st.sampled_from("王#$*_`@<>\\/[]{}()=+-~\"'!&%^|;:,.?0Aa \n\t"), min_size=1, max_size=80))
def test_whatever_was_typed_is_printed_as_it_is(typed: str) -> None:
    if not typed.strip():
        return
    assert f"理由：{re.sub(chr(92) + 's', '', typed)}决定" in words_of(render_pdf(replace(REFUSAL, reason=typed)))


def test_long_reason_runs_over_several_pages_and_ends_with_the_seal() -> None:
    reason = "家庭名下有未申报的营运车辆一辆。" * 250
    notice = replace(REFUSAL, reason=reason + "W" * 300)
    words = words_of(render_pdf(notice))
    pages = len(render_png(notice, dots_per_inch=10))
    assert len(reason) == 4000
    assert pages >= 7
    assert words.count("家庭名下有未申报的营运车辆一辆。") > 240  # a page number stands where a page ends in one
    assert words.count("W") == 300
    assert max(map(len, runs_of(render_pdf(notice)))) <= 45  # a word of 300 letters does not leave the sheet
    assert words.endswith(f"2025年4月9日第{pages}页共{pages}页")


def test_heads_of_a_table_are_repeated_on_each_page() -> None:
    entry = PosterEntry.of("王小明", "140522195803120017", "北留镇章训村", "低保对象", Decimal("1.00"))
    poster = replace(COUNTY_POSTER, entries=(entry,) * 60)
    pages = len(render_png(poster, dots_per_inch=10))
    assert pages > 1
    assert words_of(render_pdf(poster)).count("身份证号码住址对象类别") >= pages - 1


def test_review_summary_says_what_was_left_out_and_who_signs() -> None:
    assert words_of(render_pdf(REVIEW)) == (
        "嘉祥县2026年10月医疗救助对象信息集中复核汇总表"
        "数据月份：2026年10月复核期限：2026年11月10日汇总：2026年11月9日签署"
        "一、各部门上月新增、退出和身份变更"
        "部门新增退出身份变更自查结果反馈日期备注"
        "嘉祥县民政局1232有差异2026年11月6日超期1个工作日"
        "嘉祥县农业农村局401未反馈汇总时未反馈"
        "合计1633"
        "二、剔重核对的差异"
        "计入汇总未计入汇总部门新增退出身份变更重复不真实身份异常"
        "嘉祥县民政局1132100"
        "嘉祥县农业农村局400001"
        "合计1532101"
        "未计入汇总的各条，已退回提供部门核实更正。"
        "三、签署"
        "单位事项办理人日期签字（盖章）"
        "嘉祥县民政局部门自查民政经办2026年11月6日"
        "嘉祥县农业农村局部门自查（未办理）"
        "嘉祥县医疗保障局剔重核对医保经办2026年11月9日"
        "嘉祥县医疗保障局签署复核汇总医保审核2026年11月9日"
        "嘉祥县医疗保障局（盖章）2026年11月9日"
        "—1—"
    )
    before = replace(REVIEW, parts=tuple(replace(part, kept=(), left_out=()) for part in REVIEW.parts))
    words = words_of(render_pdf(before))
    assert "嘉祥县民政局——————" in words
    assert "已退回提供部门" not in words


def test_disbursement_request_totals_in_figures_and_words() -> None:
    words = words_of(render_pdf(DisbursementPaper.of(REQUEST)))
    assert "合计人民币壹万壹仟零陆拾陆元零伍分（￥11,066.05）" in words
    assert "6221880000000000017866.05" in words
    assert "合计（2笔）大写：人民币壹万壹仟零陆拾陆元零伍分11,066.05" in words
    assert "审批人：赵局长" in words
    open_request: DisbursementRequest = replace(REQUEST, approved_by=None)
    assert "审批人：（待审批）" in words_of(render_pdf(DisbursementPaper.of(open_request)))


@pytest.mark.parametrize("paper", [REFUSAL, DELIVERY], ids=["refusal", "delivery"])
def test_provisional_calendar_is_remarked(paper: Paper) -> None:
    assert PROVISIONAL_CALENDAR not in words_of(render_pdf(paper))
    assert PROVISIONAL_CALENDAR in words_of(render_pdf(replace(paper, remark=PROVISIONAL_CALENDAR)))  # type: ignore[call-arg]


def test_name_that_the_font_lacks_is_refused_without_being_said() -> None:
    with pytest.raises(Unprintable) as caught:
        render_pdf(replace(RECEIPT, applicant_name=f"王小{ABSENT}"))
    assert caught.value.characters == [ABSENT]
    assert str(caught.value) == "glyphs missing: U+2A6A5"


def test_blanks_that_no_paper_shows_do_not_matter() -> None:
    words = words_of(render_pdf(replace(REFUSAL, reason="一\t二\r\n三\u200b四\ufeff\u2028五\r六")))
    assert "理由：一二三四五六决定" in words


def test_case_file_names_its_parts_in_front() -> None:
    words = words_of(render_pdf(CASE_FILE))
    assert "目录一、申请" in words
    assert words.count("三、入户调查") == 2
    assert "四、不予救助无" in words
    assert "3f" * 32 in words
    assert max(map(len, runs_of(render_pdf(CASE_FILE)))) <= 45  # nor does a checksum leave its column
    assert "部分个人信息已隐去" in words_of(render_pdf(replace(CASE_FILE, masked=True)))
