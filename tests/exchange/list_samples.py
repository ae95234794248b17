"""Lists as they leave a county: 附件3 with its 附件4, 附件2, and a plain list. Everybody in them is invented."""

from datetime import date

from policy.lists_out import (
    BOXES_OF_A_CERTIFICATE,
    BOXES_OF_A_ROSTER,
    CertificateForm,
    Line,
    ListColumn,
    PlainList,
    RosterForm,
    ticks,
)
from policy.terms import Category

FILLED_ON = date(2026, 11, 3)
HEAD = ("凤城镇", "水村", "王建国", "140522197003030018", "3")
LINES = (
    Line(*HEAD, name="王建国", id_number="140522197003030018", change="新识别", changed_in="2026年10月"),
    Line(*HEAD, name="李秀英", id_number="140522197205050022", change="新识别", changed_in="2026年10月"),
    Line(*HEAD, name="王小明", id_number="140522200808080031", change="新识别", changed_in="2026年10月"),
    Line(
        *("北留镇", "章训村", "张三", "140522196001010013", "1"),
        name="张三",
        id_number="140522196001010013",
        change="自然减少",
        changed_in="2026年10月",
    ),
)
ANNEX_3 = RosterForm(
    annex=3,
    county="阳城县",
    period="2026年10月",
    unit="阳城县民政局",
    ticks=ticks(BOXES_OF_A_ROSTER, Category.DB),
    day=FILLED_ON,
    lines=LINES,
)
ANNEX_2 = RosterForm(
    annex=2,
    county="阳城县",
    period="",
    unit="阳城县民政局",
    ticks=ticks(BOXES_OF_A_ROSTER, Category.TK),
    day=FILLED_ON,
    lines=(Line(*HEAD, name="王建国", id_number="140522197003030018", remark="集中供养"),),
)
CERTIFICATE = CertificateForm(
    period="2026年10月",
    ticks=ticks(BOXES_OF_A_CERTIFICATE, Category.DB),
    households_added=1,
    persons_added=3,
    households_removed=1,
    persons_removed=1,
    office="阳城县民政局",
    day=FILLED_ON,
)
PUSH_LIST = PlainList(
    title="阳城县高额费用负担患者名单（2026年10月）",
    facts=(("名单类型", "致贫"), ("接收单位", "阳城县民政局")),
    columns=(
        ListColumn("序号", 6, "number"),
        ListColumn("姓名", 12),
        ListColumn("身份证号码", 22),
        ListColumn("个人累计负担（元）", 16, "money"),
    ),
    rows=(("1", "王建国", "140522197003030018", "23000.50"), ("2", "=李", "140522197205050022", "21000.00")),
    total=("", "合计2人", "", "44000.50"),
    notes=("本名单仅用于救助对象认定，请按规定保密。",),
    signers=("制表人", "审核人", "接收人"),
    unit="阳城县医疗保障局",
    day=date(2026, 11, 10),
)
