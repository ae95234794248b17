"""One of each paper, for invented people of 阳城县 (S-01, S-04)."""

from datetime import date
from decimal import Decimal

from notifications.case_file import CaseFile, Listing, Section
from notifications.lists_out import CertificatePaper, ListPaper, RosterPaper
from notifications.papers import (
    AcceptanceReceipt,
    CalculationLine,
    CalculationSheet,
    CountyPoster,
    DeliveryRecord,
    DisbursementPaper,
    MissingPapers,
    Paper,
    ParameterLine,
    PosterEntry,
    Provision,
    RefusalNotice,
    TownshipPoster,
)
from notifications.review_summary import ReviewPart, ReviewSignature, ReviewSummaryPaper, with_total
from tests.exchange.disbursement_samples import REQUEST
from tests.exchange.list_samples import ANNEX_3, CERTIFICATE, PUSH_LIST

CITATION = "晋医保发〔2019〕46号 三（十一）"
CASE_NUMBER = "14052210020250001"
TOWNSHIP = "北留镇人民政府"
CONTACT = "北留镇人民政府社会事务办公室，电话：0356-0000000"
NAME = "王小明"
ID_NUMBER = "140522195803120017"
VILLAGE = "北留镇章训村"
GXZC = "刚性支出困难家庭大病患者（因病致贫重病患者）"

REFUSAL = RefusalNotice(
    demonstration=False,
    year=2025,
    serial=3,
    applicant_name=NAME,
    submitted_on=date(2025, 4, 2),
    provisions=(
        Provision("晋医保发〔2019〕46号 一（四）", "不符合因病致贫家庭重病患者条件"),
        Provision(CITATION, "入户调查的患病情况或家庭经济状况与申请不符"),
    ),
    reason="经入户调查，家庭名下有未申报的营运车辆一辆，家庭人均收入超过认定标准。",
    decision_words="不予受理",
    reconsideration_period="60日",
    suit_period="6个月",
    issuer=TOWNSHIP,
    issued_on=date(2025, 4, 9),
)

DELIVERY = DeliveryRecord(
    demonstration=False,
    issuer=TOWNSHIP,
    case_number=CASE_NUMBER,
    document_title=RefusalNotice.title,
    document_number="〔2025〕第3号",
    recipient_name=NAME,
    method="直接送达",
    received_by=None,
    delivered_on=date(2025, 4, 10),
    reconsideration_period="60日",
    reconsideration_until=date(2025, 6, 9),
    suit_period="6个月",
    suit_until=date(2025, 10, 10),
)

TOWNSHIP_POSTER = TownshipPoster(
    demonstration=True,
    issuer=TOWNSHIP,
    entries=(
        PosterEntry.of(NAME, ID_NUMBER, VILLAGE, GXZC),
        PosterEntry.of("欧阳建国", "14052219610704003X", "北留镇皇城村", "低保对象"),
    ),
    citation=CITATION,
    posted_on=date(2025, 3, 13),
    last_day=date(2025, 3, 20),
    objection_contact=CONTACT,
    supervision_line="阳城县医疗保障局，0356-0000001",
)

COUNTY_POSTER = CountyPoster(
    demonstration=False,
    issuer="阳城县医疗保障局",
    entries=(PosterEntry.of(NAME, ID_NUMBER, VILLAGE, GXZC, Decimal("10200.00")),),
    citation=CITATION,
    posted_on=date(2025, 4, 8),
    last_day=date(2025, 4, 15),
    objection_contact="阳城县医疗保障局待遇保障股，电话：0356-0000002",
    supervision_line="晋城市医疗保障局，0356-0000003",
)

CALCULATION = CalculationSheet(
    demonstration=True,
    case_number=CASE_NUMBER,
    applicant_name="王**",
    division_name="阳城县北留镇",
    category=GXZC,
    as_of=date(2024, 12, 20),
    amount=Decimal("10200.00"),
    lines=(
        CalculationLine(
            "个人负担的合规医疗费用",
            "86231.00 − 48200.00 − 11300.00 − 0.00 − 2000.00 − 0.00 − 0.00",
            "24731.00",
            "晋医保发〔2019〕46号 二（七）",
        ),
        CalculationLine("扣除起付标准", "24731.00 − 7731.00", "17000.00", "晋医保办发〔2023〕7号 一"),
        CalculationLine("按比例救助", "17000.00 × 60%", "10200.00", "晋医保发〔2019〕46号 二（七）"),
        CalculationLine("年度限额", "min(10200.00, 40000.00 − 0.00)", "10200.00", None),
    ),
    parameters=(
        ParameterLine("DEDUCT(GXZC)", "25% × PCDI(2023)", date(2024, 1, 1), "演示参数", "演示值"),
        ParameterLine("RATE(GXZC)", "60%", date(2024, 1, 1), "演示参数", "演示值"),
        ParameterLine("CAP(GXZC)", "40000.00", date(2024, 1, 1), "演示参数", "演示值"),
    ),
    remarks=("本表使用了演示参数，结果不作为支付依据。",),
)

RECEIPT = AcceptanceReceipt(
    demonstration=False,
    case_number=CASE_NUMBER,
    issuer=TOWNSHIP,
    applicant_name=NAME,
    submitted_on=date(2025, 3, 3),
    accepted_on=date(2025, 3, 4),
    papers=("医疗诊断书", "医疗费用收据", "病史材料", "民政部门认定材料"),
    pending_papers=("医疗保险报销证明",),
    pending_until=date(2025, 3, 18),
    survey_until=date(2025, 3, 18),
    contact=CONTACT,
)

MISSING = MissingPapers(
    demonstration=False,
    case_number=CASE_NUMBER,
    issuer=TOWNSHIP,
    applicant_name=NAME,
    submitted_on=date(2025, 3, 3),
    told_on=date(2025, 3, 5),
    missing=("病史材料", "医疗保险报销证明"),
    note="医疗费用收据复印件请加盖医院收费章。",
    citation=CITATION,
    supply_until=date(2025, 3, 19),
    contact=CONTACT,
)

DISBURSEMENT = DisbursementPaper.of(REQUEST)

CASE_FILE = CaseFile(
    demonstration=False,
    case_number=CASE_NUMBER,
    division_name="阳城县北留镇",
    status="审核通过",
    cover=(("案号", CASE_NUMBER), ("申请人", NAME), ("对象类别", GXZC)),
    sections=(
        Section("申请", (("申请人", NAME), ("身份证号码", ID_NUMBER), ("提交日期", "2025年3月3日"))),
        Section(
            "申请材料",
            listings=(
                Listing(
                    ("材料", "状态", "日期", "校验值（SHA-256）"),
                    (
                        ("医疗诊断书", "已交", "2025年3月3日", "3f" * 32),
                        ("病史材料", "已交", "2025年3月3日", "a0" * 32),
                    ),
                    (2, 1, 2, 4),
                ),
            ),
        ),
        Section("入户调查", (("调查结论", "情况属实\n家中三口人。"),)),
        Section("不予救助"),
    ),
    printed_on=date(2025, 4, 21),
    printed_by="李经办（乡镇经办人）",
    masked=False,
)

REVIEW = ReviewSummaryPaper(
    demonstration=False,
    heading="嘉祥县2026年10月",
    facts=(("数据月份", "2026年10月"), ("复核期限", "2026年11月10日"), ("汇总", "2026年11月9日签署")),
    parts=with_total(
        (
            ReviewPart("嘉祥县民政局", (12, 3, 2), "有差异", date(2026, 11, 6), (11, 3, 2), (1, 0, 0), "超期1个工作日"),
            ReviewPart("嘉祥县农业农村局", (4, 0, 1), "未反馈", None, (4, 0, 0), (0, 0, 1), "汇总时未反馈"),
        )
    ),
    signatures=(
        ReviewSignature("嘉祥县民政局", "部门自查", "民政经办", date(2026, 11, 6)),
        ReviewSignature("嘉祥县农业农村局", "部门自查", "", None),
        ReviewSignature("嘉祥县医疗保障局", "剔重核对", "医保经办", date(2026, 11, 9)),
        ReviewSignature("嘉祥县医疗保障局", "签署复核汇总", "医保审核", date(2026, 11, 9)),
    ),
    unit="嘉祥县医疗保障局",
    made_on=date(2026, 11, 9),
)

PAPERS: dict[str, Paper] = {
    paper.folder: paper
    for paper in (
        REFUSAL,
        DELIVERY,
        TOWNSHIP_POSTER,
        COUNTY_POSTER,
        CALCULATION,
        RECEIPT,
        MISSING,
        DISBURSEMENT,
        CASE_FILE,
        RosterPaper.of(ANNEX_3),
        CertificatePaper.of(CERTIFICATE),
        ListPaper.of(PUSH_LIST),
        REVIEW,
    )
}
