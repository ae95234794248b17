"""Why a row of a roster goes back, or is looked at again: each reason by its code, with its sentence and its column (W11).

Within the engine a row's reasons are the bits of one number, so that a whole column of them is worked out at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class RosterReason:
    """`cell` is the name of the column. `suspicion`: told beside an accepted row, which it does not hold up."""

    code: str
    cell: str
    zh: str
    en: str
    clause: str | None = None
    suspicion: bool = False


REASONS = (
    RosterReason("name-missing", "name", "必须填写", "is required", "J-06"),
    RosterReason("not-a-name", "name", "应为姓名", "must be a name"),
    RosterReason("id-missing", "id_number", "必须填写", "is required", "J-06"),
    RosterReason(
        "id-as-number",
        "id_number",
        "以数字保存，已失真，请将该列设为文本格式后重新填写",
        "was saved as a number and has lost digits: format the column as text and type it again",
        "X-15",
    ),
    RosterReason("id-length", "id_number", "身份证号码应为18位", "the ID number must have 18 characters", "X-15"),
    RosterReason(
        "id-characters",
        "id_number",
        "身份证号码应为数字，仅末位可为X",
        "only digits, and X at the end, are allowed",
        "X-15",
    ),
    RosterReason(
        "id-birth-date",
        "id_number",
        "身份证号码中的出生日期不存在或晚于今天",
        "the birth date in it is impossible",
        "X-15",
    ),
    RosterReason("id-check-digit", "id_number", "身份证号码校验位错误，请核对", "the check digit is wrong", "X-15"),
    RosterReason("formula-cell", "", "有单元格是公式，请粘贴为数值后再填报", "a cell holds a formula: paste its value"),
    RosterReason(
        "category-missing", "category", "必须填写，或在表头勾选对象类别", "is required, or tick one above the table"
    ),
    RosterReason("unknown-category", "category", "没有这个对象类别", "there is no such category"),
    RosterReason(
        "not-your-category",
        "category",
        "该类别由其他部门提供，请由该部门报送",
        "another department provides this category",
    ),
    RosterReason(
        "category-mismatch", "category", "与表头勾选的对象类别不一致", "differs from the category ticked above", "A-62"
    ),
    RosterReason("unknown-township", "township", "没有这个乡镇（街道）", "there is no such township in this county"),
    RosterReason("bad-day", "since", "应为日期，如2025-03-01", "must be a date such as 2025-03-01"),
    RosterReason("future-date", "since", "不能晚于今天", "lies in the future"),
    RosterReason(
        "id-other-name",
        "name",
        "该身份证号码对应另一姓名，请核对姓名和号码",
        "another name is known under this ID number",
    ),
    RosterReason("deceased", "id_number", "该人已登记死亡，请核对", "this person is known to have died"),
    RosterReason(
        "already-active",
        "category",
        "该人同一类别的身份已由其他县（市、区）或部门报送，请与其核对",
        "another county or department provides this category for the person",
    ),
    RosterReason("duplicate-in-batch", "id_number", "与本表中前面的行重复", "repeats an earlier row of this table"),
    RosterReason(
        "same-name-birth-other-id",
        "id_number",
        "与另一身份证号码的人员姓名、出生日期相同，疑似同一人，请核实",
        "another ID number has the same name and birth date: perhaps the same person",
        suspicion=True,
    ),
    RosterReason(
        "household-count",
        "household_size",
        "家庭人口数与名单所列该户人数不符，请核对",
        "the size of the household differs from the rows listed for it",
        "A-62",
        suspicion=True,
    ),
)
_BIT = {reason.code: 1 << place for place, reason in enumerate(REASONS)}


def bit(code: str) -> int:
    """The bit of a reason. Raises KeyError for a code that does not exist."""
    return _BIT[code]


def reasons_in(mask: int) -> Iterator[RosterReason]:
    """The reasons whose bits are set, in their order."""
    return (reason for place, reason in enumerate(REASONS) if mask >> place & 1)
