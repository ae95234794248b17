"""The official forms of 晋医保发〔2019〕46号 for lists: 附件2 (A-62) and 附件3 (A-63 … A-66), column by column.

Offices fill in township, village and head only in the first line of a household, or merge the cells; 身份证号码 stands
twice, once for the head and once for the member. Kinds of tables take these columns as they are.
"""

from dataclasses import dataclass

from exchange import readers
from exchange.columns import Column
from policy.exchange_terms import RosterChange

_TOWNSHIP = Column(
    "township",
    "乡（镇）",
    readers.text(40),
    aliases=("乡镇", "乡镇街道", "乡镇名称", "所属乡镇", "街道"),
    carried_with=("township",),
    help="本县（市、区）乡镇或街道的全称",
    wide=12,
)
_VILLAGE = Column(
    "village",
    "行政村",
    readers.text(40),
    aliases=("村", "村居", "村委会", "社区", "行政村社区"),
    required=False,
    carried_with=("township", "village"),
    wide=12,
)
_HEAD = Column(
    "head",
    "户主姓名",
    readers.name,
    aliases=("户主",),
    required=False,
    carried_with=("head", "head_id"),
    wide=12,
)
_HEAD_ID = Column(
    "head_id",
    "户主身份证号码",
    readers.id_number,
    aliases=("户主身份证号", "身份证号", "公民身份号码"),
    heading="身份证号码",
    after="head",
    required=False,
    carried_with=("head", "head_id"),
    help="户主的18位号码，单元格须为文本格式",
    wide=22,
)
_SIZE = Column(
    "household_size",
    "家庭人口数",
    readers.whole(99),
    aliases=("人口数", "家庭人口", "家庭人数"),
    required=False,
    carried_with=("head", "head_id", "household_size"),
    wide=10,
)
_NAME = Column("name", "家庭成员姓名", readers.name, aliases=("姓名", "成员姓名", "对象姓名"), wide=14)
_ID = Column(
    "id_number",
    "身份证号码",
    readers.id_number,
    aliases=("家庭成员身份证号码", "成员身份证号码", "成员身份证号", "身份证号", "公民身份号码", "证件号码"),
    after="name",
    help="家庭成员本人的18位号码，单元格须为文本格式",
    wide=22,
)
_REMARK = Column("remark", "备注", readers.text(200), required=False, wide=16)
_CHANGE = Column(
    "change",
    "动态调整工作类型",
    readers.text(20),
    aliases=("动态调整类型", "调整类型", "动态调整工作类别"),
    choices=tuple(change.label for change in RosterChange),
    help="新识别、自然增加（减少）；按政策退出填“退出”",
    wide=16,
)
_CHANGED_IN = Column(
    "changed_in",
    "动态调整时间",
    readers.month,
    aliases=("动态调整时间年月", "调整时间", "动态调整年月"),
    parts=("年", "月"),
    help="年、月，如2025年3月",
    wide=14,
)


@dataclass(frozen=True)
class Annex:
    """`title` with the blanks of the form; `boxes` are the categories to be ticked; `notes` stand below the table.

    `certificate`: the lines of the form that goes with it, on a sheet of its own.
    """

    number: int
    title: str
    columns: tuple[Column, ...]
    boxes: tuple[str, ...] = ("低保", "特困", "重点优抚")
    notes: tuple[str, ...] = ()
    certificate: tuple[str, ...] = ()


ANNEX_2 = Annex(
    2,
    "____县医疗救助重点救助对象名单",
    (_TOWNSHIP, _VILLAGE, _HEAD, _HEAD_ID, _SIZE, _NAME, _ID, _REMARK),
)
ANNEX_3 = Annex(
    3,
    "____县____年____季度（月）医疗救助重点救助对象动态调整名单",
    (_TOWNSHIP, _VILLAGE, _HEAD, _HEAD_ID, _SIZE, _NAME, _ID, _CHANGE, _CHANGED_IN),
    notes=(
        "注：1、本表由县级民政、退役军人事务部门填写，填报时间与动态调整情况证明时间一致；",
        "2、动态调整工作类型请填写：新识别、自然增加（减少）；",
        "3、属于自然增加（减少）人口类型的，如其他家庭成员无变化，只填写自然增加（减少）人口信息。",
    ),
    certificate=(
        "附件4",
        "医疗救助重点救助对象动态调整情况证明",
        "    ____年____季度（月）新增（低保□特困□在乡重点优抚对象□）人员____户____人；"
        "减少____户____人（具体名单附后）。",
        "    特此证明。",
        "____县____局（盖章）",
        "    年  月  日",
    ),
)
