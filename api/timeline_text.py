"""What the timeline says, in Chinese, made from its codes when it is shown. Nothing that a person typed is ever in it."""

from collections.abc import Callable, Mapping
from typing import Any

from api.case_acts.wording import act_on_case_text
from api.exchange.wording import matter_text
from api.parameter_name import parameter_name
from api.teamwork.wording import act_text
from policy.step import Step
from policy.steps import is_kind, step
from policy.terms import Category, DocumentKind, Level, PayeeKind, Rung

Codes = Mapping[str, Any]


def timeline_text(tag: str, codes: Codes) -> str:
    """The entry in words. A tag that nobody knows is shown as it is: better a code than nothing."""
    source, _, rest = tag.partition(":")
    subject, _, action = rest.partition(":")
    write = _SOURCES.get(source)
    return (write(subject, action, codes) if write else None) or tag


def _counter(subject: str, action: str, codes: Codes) -> str | None:
    if (subject, action) == ("application", "submitted"):
        return f"登记申请（{Category(codes['category']).label}）" + _paper_entry(codes)
    if subject in ("missing_parameter", "confirm_module") and action == "released":
        return f"参数“{parameter_name(codes['key'])}”已由同市录入，本案继续办理"
    if (subject, action) in _MONEY:
        return _MONEY[subject, action](codes)
    if act := act_on_case_text(subject, action, codes):
        return act
    if not is_kind(subject):
        return act_text(action, codes, None) if subject == "application" else None
    declared = step(subject)
    outcome = declared.outcome(action)
    if outcome is None and (act := act_text(action, codes, declared.label)):
        return act
    said = f"{declared.label}：{outcome.label if outcome else action}"
    return said + _particulars(codes) + _lateness(codes) + _stood_in(codes) + _paper_entry(codes)


def _particulars(codes: Codes) -> str:
    parts = []
    if codes.get("amount"):
        parts.append(f"金额{codes['amount']}元")
    for name, word in (("missing", "须补正"), ("pending", "后补"), ("papers", "收到")):
        if codes.get(name):
            parts.append(f"{word}：{'、'.join(DocumentKind(kind).label for kind in codes[name])}")
    if codes.get("batch"):
        parts.append(f"拨款批次{codes['batch']}")
    if codes.get("attempt", 1) > 1:
        parts.append(f"第{codes['attempt']}次支付")
    if codes.get("bank_return"):
        parts.append("据银行回盘文件")
    if codes.get("surveyors"):
        parts.append(f"调查人{codes['surveyors']}人")
    if codes.get("key"):
        parts.append(f"{parameter_name(codes['key'])}，自{codes['effective_from']}起，待复核")
    if codes.get("warnings"):
        parts.append(f"提示：与{'、'.join(codes['warnings'])}的原则不一致")
    return f"（{'；'.join(parts)}）" if parts else ""


def _lateness(codes: Codes) -> str:
    return f"，超期{codes['days_late']}个工作日" if codes.get("days_late") else ""


def _stood_in(codes: Codes) -> str:
    return f"（代{codes['acted_for']}办理）" if codes.get("acted_for") else ""


def _paper_entry(codes: Codes) -> str:
    return "（补录）" if codes.get("paper") else ""


def _desk(subject: str, action: str, codes: Codes) -> str | None:
    declared = _step(subject)
    if declared is not None and action == "closed":
        return f"{_WHY_CLOSED.get(codes.get('reason', ''), '本案已办结')}，{declared.label}无须再办"
    if declared is None or action != "opened":
        return None
    due = f"，应于{codes['due']}前办结" if codes.get("due") else "，未设期限"
    named = f"“{parameter_name(codes['key'])}”" if codes.get("key") else ""
    before = (
        f"（启用前事项：{codes['before_live']}启用本系统前已到期，自该日起计算）" if codes.get("before_live") else ""
    )
    return f"转{declared.label}{named}{due}{before}"


_WHY_CLOSED = {
    "order_closed": "督办已办结",
    "recalled": "上一环节已撤回",
    "moved": "案卷转送其他乡镇（街道）",
    "withdrawn": "申请人撤回申请",
}


def _deadline(subject: str, action: str, codes: Codes) -> str | None:
    declared = _step(subject)
    if declared is None:
        return None
    if action not in set(Rung):
        return None
    return f"{declared.label}{Rung(action).label}" + ("（补发）" if codes.get("late") else "")


def _calendar(subject: str, action: str, codes: Codes) -> str | None:
    if (subject, action) == ("missing_parameter", "released"):
        return f"“{parameter_name(codes['key'])}”已导入，本案继续办理"
    declared = _step(subject)
    if declared is None or action != "moved":
        return None
    why = "本地停办" if codes.get("closure") else "工作日历调整"
    return f"因{why}，{declared.label}期限由{codes.get('old') or '无'}改为{codes.get('new') or '无'}"


def _term(subject: str, action: str, codes: Codes) -> str | None:
    declared = _step(subject)
    if declared is None or action != "moved":
        return None
    said = f"因期限规定变更（{codes.get('document') or '本地设置'}），{declared.label}期限由{codes.get('old') or '无'}"
    late = codes.get("overdue_from")
    return f"{said}改为{codes.get('new') or '无'}" + (f"；新期限已过，自{late}起计算逾期" if late else "")


def _procedure(subject: str, action: str, codes: Codes) -> str | None:
    if subject == "assessment":
        return _assessment(action, codes)
    said = _PROCEDURE.get((subject, action))
    return said(codes) if said else None


def _assessment(outcome: str, codes: Codes) -> str:
    if outcome == "parameter_missing":
        return f"核算暂停：缺少参数{'、'.join(parameter_name(key) for key in codes.get('missing', []))}"
    words = {"eligible": "核算：符合条件", "not_eligible": "核算：不符合条件"}.get(outcome, outcome)
    return f"{words}，金额{codes['amount']}元" if codes.get("amount") else words


REMEDIES = {"reconsideration": "行政复议", "suit": "行政诉讼"}

_PROCEDURE: Mapping[tuple[str, str], Callable[[Codes], str]] = {
    ("application", "accepted"): lambda codes: (
        "已受理"
        + ("（容缺）" if codes.get("pending_papers") else "")
        + ("，由县级直接办理" if codes.get("direct") else "")
    ),
    ("application", "rejected"): lambda codes: f"{Level(codes['level']).label}决定不予救助",
    ("application", "withdrawn"): lambda _: "申请人撤回申请，办结",
    ("application", "lapsed"): lambda _: "逾期未补正，办结；补齐后可重新办理",
    ("application", "moved"): lambda codes: f"案卷由{codes['from']}转至{codes['to']}",
    ("notice", "resumed"): lambda codes: (
        f"异议不成立，续完剩余公示期：视同{codes['posted_on']}张贴"
        + (f"，公示至{codes['last_day']}" if codes.get("last_day") else "")
    ),
    ("remedy", "upheld"): lambda codes: f"{REMEDIES[codes['kind']]}维持原决定；可起诉至{codes['suit_until']}",
    ("remedy", "dropped"): lambda codes: f"{REMEDIES[codes['kind']]}撤回或未予受理",
    ("remedy", "reopened"): lambda codes: f"{REMEDIES[codes['kind']]}撤销原决定，重新办理",
    ("refusal", "issued"): lambda codes: f"制发书面告知书{codes.get('number') or ''}",
    ("refusal", "remedies"): lambda codes: (
        f"救济期限：行政复议至{codes['reconsideration_until']}，行政诉讼至{codes['suit_until']}"
    ),
    ("refusal", "final"): lambda _: "救济期限届满，未收到复议或诉讼",
    ("disbursement", "closed"): lambda codes: f"拨款批次{codes['number']}全部办结",
    ("payment", "payable"): lambda codes: f"公示无异议，列入待支付，金额{codes['amount']}元",
    ("payment", "booked"): lambda codes: (
        f"已支付{codes['amount']}元（{PayeeKind(codes['payee_kind']).label}），记账办结"
    ),
}

_MONEY: Mapping[tuple[str, str], Callable[[Codes], str]] = {
    ("disbursement", "prepared"): lambda codes: f"编制拨款批次{codes['number']}，{codes['lines']}笔",
    ("disbursement", "changed"): lambda codes: f"调整拨款批次{codes['number']}，现有{codes['lines']}笔",
    ("disbursement", "submitted"): lambda codes: f"拨款批次{codes['number']}提交审批，{codes['lines']}笔",
    ("disbursement", "cancelled"): lambda codes: f"撤销拨款批次{codes['number']}",
    ("disbursement", "sent_back"): lambda codes: f"拨款批次{codes['number']}退回编制",
    ("disbursement", "approved"): lambda codes: f"审批拨款批次{codes['number']}，{codes['lines']}笔，提交财政",
    ("disbursement", "released"): lambda codes: (
        f"拨款批次{codes['number']}第{codes['release']}次放款，{codes['lines']}笔，金额{codes['amount']}元"
    ),
    ("payment", "released"): lambda codes: (
        f"随拨款批次{codes['number']}放款" + (f"（第{codes['attempt']}次支付）" if codes["attempt"] > 1 else "")
    ),
    ("recovery", "proposed"): lambda codes: f"提出追回{codes['amount']}元",
    ("recovery", "approved"): lambda codes: f"同意追回{codes['amount']}元",
    ("recovery", "refused"): lambda codes: f"不予追回{codes['amount']}元",
    ("recovery", "received"): lambda codes: f"追回款{codes['amount']}元到账",
}

_SOURCES: Mapping[str, Callable[[str, str, Codes], str | None]] = {
    "counter": _counter,
    "desk": _desk,
    "deadline": _deadline,
    "calendar": _calendar,
    "term": _term,
    "procedure": _procedure,
    "matter": matter_text,
}


def _step(kind: str) -> Step | None:
    return step(kind) if is_kind(kind) else None
