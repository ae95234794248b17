"""Says in Chinese what is wrong with the shape of what was sent, whatever the validating library says in English."""

from collections.abc import Mapping, Sequence
from typing import Any

from policy.problems import Problem

_SHAPES: tuple[tuple[str, str, str], ...] = (
    ("missing", "必须填写", "is required"),
    ("extra_forbidden", "没有这一项", "is not known here"),
    ("json_invalid", "不是有效的JSON", "is not valid JSON"),
    ("date", "应为日期，如2025-03-12", "must be a date such as 2025-03-12"),
    ("decimal", "应为金额（元，两位小数的文字，如“10200.00”）", 'must be yuan as text with two places, "10200.00"'),
    ("money", "应为金额（元，两位小数的文字，如“10200.00”）", 'must be yuan as text with two places, "10200.00"'),
    ("bool", "应为是或否", "must be true or false"),
    ("enum", "不在可选范围内", "is not one of the choices"),
    ("literal", "不在可选范围内", "is not one of the choices"),
    ("uuid", "应为编号", "must be an id"),
    ("string_too_short", "过短", "is too short"),
    ("string_too_long", "过长", "is too long"),
    ("string_pattern", "格式不符", "has not the expected form"),
    ("string", "应为文字", "must be text"),
    ("list", "应为清单", "must be a list"),
    ("dict", "应为一组名称和内容", "must be an object"),
    ("model", "应为一组名称和内容", "must be an object"),
    ("too_short", "必须选择", "needs an entry"),
    ("too_long", "过多", "has too many entries"),
    ("int", "应为整数", "must be a whole number"),
    ("greater_than", "不能为负数", "must not be negative"),
    ("less_than", "过大", "is too large"),
)
_LIMITS: Mapping[str, tuple[str, str, str]] = {
    "string_too_short": ("min_length", "不得少于{}个字符", "must have at least {} characters"),
    "string_too_long": ("max_length", "不得超过{}个字符", "must not exceed {} characters"),
    "too_long": ("max_length", "不得超过{}项", "must not have more than {} entries"),
    "greater_than": ("gt", "应大于{}", "must be more than {}"),
    "greater_than_equal": ("ge", "不得小于{}", "must be at least {}"),
    "less_than_equal": ("le", "不得大于{}", "must be at most {}"),
}
"""What is said where the limit is known: its name in the context of the validating library, and the words around it."""
_OUTER = ("body", "query", "path", "header")
_NOT_JSON = "json_invalid"
"""Its place is a number of characters, no field."""


def shape_problem(
    kind: str,
    where: Sequence[str | int],
    context: Mapping[str, Any] | None = None,
    *,
    labels: Mapping[str, str] | None = None,
) -> Problem:
    """The problem at a location such as ("body", "costs", "total"): pointer /costs/total.

    An entry of a list is called by the name of the list. `labels` go before the common ones.
    """
    parts = [part for part in where if part not in _OUTER and kind != _NOT_JSON]
    zh, en = _of_limit(kind, context or {}) or _of_kind(kind)
    names = [part for part in parts if isinstance(part, str)]
    name = names[-1] if names else ""
    label = (labels or {}).get(name) or _WITHIN.get(tuple(names[-2:])) or LABELS.get(name) or name or "请求内容"
    return Problem("".join(f"/{part}" for part in parts), f"“{label}”{zh}", f"{name or 'the request'} {en}")


def _of_kind(kind: str) -> tuple[str, str]:
    return next(((zh, en) for start, zh, en in _SHAPES if kind.startswith(start)), ("填写有误", "is wrong"))


def _of_limit(kind: str, context: Mapping[str, Any]) -> tuple[str, str] | None:
    """The words with the limit itself; None where the kind has none, or the plain words say it better."""
    name, zh, en = _LIMITS.get(kind, ("", "", ""))
    limit = context.get(name)
    if limit is None:
        return None
    if name == "min_length" and limit == 1:
        return _of_kind("missing")
    return None if name == "ge" and limit == 0 else (zh.format(limit), en.format(limit))


FILING_LABELS = {"division": "受理乡镇（街道）"}
"""In an application the division is the township that takes it."""

LABELS = {
    "division": "区划",
    "category": "对象类别",
    "applicant": "申请人",
    "name": "姓名（户名）",
    "id_number": "身份证号码",
    "phone": "联系电话",
    "address": "住址",
    "residence": "户籍类型",
    "registered_in": "户籍地",
    "recognised_in": "认定地",
    "insured_in": "参保地",
    "household": "家庭成员",
    "relation": "与申请人关系",
    "costs": "费用",
    "total": "总费用",
    "compliant_total": "合规费用",
    "basic": "基本医保支付",
    "critical_illness": "大病保险支付",
    "supplementary": "补充医疗保险支付",
    "commercial": "商业保险支付",
    "preferential_subsidy": "优抚医疗补助",
    "mutual_aid": "社会互助帮困",
    "disease_code": "病种代码",
    "institution_code": "医疗机构代码",
    "settlement_no": "结算单号",
    "admitted_on": "入院日期",
    "discharged_on": "出院日期",
    "settled_on": "结算日期",
    "out_of_region": "统筹区外就医",
    "filing_no": "异地就医备案号",
    "referral_no": "转诊单号",
    "one_stop": "一站式结算",
    "treatment": "就医方式",
    "joint_replacement": "关节置换手术",
    "late_stage": "病情处于晚期",
    "referred": "规范转诊",
    "in_province": "省域内就医",
    "age": "年龄（周岁）",
    "care_aid_before": "曾享受大病关怀救助",
    "outpatient_paid": "本期已享受门诊救助金额",
    "payee": "收款方",
    "kind": "种类",
    "account": "账号",
    "bank": "开户银行",
    "documents": "申请材料",
    "file": "文件",
    "no": "文号",
    "date": "日期",
    "pending": "后补",
    "submitted_on": "提交日期",
    "paper_reason": "补录原因",
    "categories": "对象类别",
    "on": "适用待遇的日期",
    "paid_this_year": "已享受救助金额",
    "deductible_used_this_year": "已计入起付标准的金额",
    "received_on": "收到日期",
    "decided_on": "决定日期",
    "due_on": "办结期限",
    "amount": "金额",
    "source": "资金来源",
    "document": "文号",
    "contract": "合同编号",
    "reason": "原因",
    "text": "内容",
    "words": "内容",
    "to": "接收人",
    "into": "合并后的人员",
    "substitute": "代理人",
    "successor": "接手人",
    "first_day": "开始日期",
    "last_day": "结束日期",
    "payments": "款项",
    "lines": "款项",
    "add": "增加的款项",
    "remove": "移出的款项",
    "key": "期限",
    "from": "起算日",
    "month": "月份",
    "under": "上级区划",
    "status": "状态",
    "state": "办理状态",
    "box": "待办范围",
    "q": "案件编号或代码",
    "cursor": "翻页标记",
    "limit": "每页条数",
    "task_id": "事项编号",
    "application_id": "案件编号",
    "file_id": "文件编号",
    "person_id": "人员编号",
    "verb": "办理方式",
    "last4": "身份证号码后四位",
    "fields": "办理内容",
    "outcome": "办理结果",
    "done_on": "办理日期",
    "comment": "备注",
    "purpose": "查询事由",
    "username": "账号",
    "password": "口令",
}
"""What people call each thing that may be sent."""

_WITHIN: Mapping[tuple[str, ...], str] = {
    ("applicant", "name"): "申请人姓名",
    ("applicant", "id_number"): "申请人身份证号码",
    ("household", "name"): "家庭成员姓名",
    ("household", "id_number"): "家庭成员身份证号码",
    ("payee", "kind"): "收款方类型",
    ("payee", "name"): "收款方户名",
    ("payee", "account"): "收款方账号",
    ("documents", "kind"): "材料种类",
    ("documents", "no"): "材料文号",
    ("documents", "date"): "材料日期",
}
"""Names that stand in several places, by the place."""
