"""What a case holds beyond the parts that have a form of their own: told by label and value, so that nothing is left out."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from api.papers.reading import Case
from notifications.case_file import Section

_OF_THE_CASE = ["id", "number", "status", "status_label", "division", "division_name", "category", "category_label"]
_DAYS = ["submitted_on", "filed_at", "accepted_on", "closed_at", "paper_reason", "opening"]
_PARTS = ["applicant", "costs", "payee", "documents", "decision", "publicity", "refusal", "payment", "records"]
_LISTS = ["household_cases", "timeline"]
_OF_THE_DAY = ["in_transit", "last_answer", "pending_papers", "masked", "view", "open_tasks"]
TOLD = frozenset([*_OF_THE_CASE, *_DAYS, *_PARTS, *_LISTS, *_OF_THE_DAY])
"""Where else the file tells them, or what belongs to the day's work and not to the file."""
TITLES = {
    "acts": "其他事项",
    "suspensions": "中止与恢复",
    "extensions": "延期",
    "comments": "批注",
    "copies": "抄送",
    "opinions": "会签意见",
    "orders": "督办",
    "treatment": "治疗",
    "attempts": "支付记录",
    "batch": "拨款批次",
}
LABELS = {
    "act": "事项",
    "amount": "金额（元）",
    "at": "时间",
    "body": "受理机关",
    "by": "经办",
    "category": "类别",
    "comment": "备注",
    "day": "日期",
    "deadline": "期限",
    "deceased_on": "死亡日期",
    "direct": "未经乡镇入户调查和公示，直接报县级",
    "due": "期限",
    "entered_at": "录入时间",
    "filed_on": "提出日期",
    "kind": "种类",
    "level": "层级",
    "name": "姓名",
    "moving_to": "拟迁入地",
    "number": "编号",
    "outcome": "结果",
    "payee_checked_on": "收款方核对日期",
    "reason": "理由",
    "reopened_on": "重新办理日期",
    "reply": "答复",
    "result": "结果",
    "result_on": "结果日期",
    "round": "次数",
    "status": "状态",
    "text": "内容",
    "title": "事项",
}
_PLACES_FOR_PROGRAMS = ("id", "href")
NOTHING = "—"


def rest_of(case: Case) -> Iterator[Section]:
    """One section for each further part of the case that says something, one for its single facts."""
    rest = {name: part for name, part in case.items() if name not in TOLD and part not in (None, [], {}, "")}
    for name, part in rest.items():
        if isinstance(part, list):
            yield Section(
                TITLES.get(name, name), tuple((str(n), _words(entry)) for n, entry in enumerate(part, start=1))
            )
        elif isinstance(part, Mapping):
            yield Section(TITLES.get(name, name), further(part, ()))
    single = further({name: part for name, part in rest.items() if not isinstance(part, list | Mapping)}, ())
    if single:
        yield Section("其他情况", single)


def further(part: Mapping[str, Any], told: Collection[str]) -> tuple[tuple[str, str], ...]:
    """What a part says beyond the fields that have been told."""
    return tuple((LABELS.get(name, name), _words(value)) for name, value in _said(part).items() if name not in told)


def _said(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Without ids, without what is not so, and without a code whose label stands beside it."""
    labelled = {name for name in entry if f"{name}_label" in entry}
    return {
        name.removesuffix("_label"): value
        for name, value in entry.items()
        if name not in labelled
        and name not in _PLACES_FOR_PROGRAMS
        and value not in (None, "", [], {})
        and value is not False
    }


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return (
            "\n".join(f"{LABELS.get(name, name)}：{_words(entry)}" for name, entry in _said(value).items()) or NOTHING
        )
    if isinstance(value, list):
        return "、".join(map(_words, value)) or NOTHING
    return NOTHING if value is None else str(value)
