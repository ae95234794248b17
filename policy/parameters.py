"""What each parameter means, in which units its values come, and whether a stored value has the shape of its unit.

Values are kept as they are written: money and ratios as strings with a dot ("15000.00", "0.70"), counts as whole numbers,
so that the same value means the same in a pack, in a table and in a rule. None is an answer too: deliberately empty.
Keys may carry dimensions in brackets: RATE(GXZC), PCDI(2023), PUSH_GROUP(DB,rural).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from policy.exchange_terms import Insurance, ListType
from policy.terms import Category, Department, Level, Residence

WHOLE_NUMBERS = {
    "WD": "工作日",
    "days": "天",
    "months": "个月",
    "count": "人（个）",
    "years": "周岁",
    "day_of_next_month": "日（次月）",
    "day_of_month": "日（当月）",
}
UNIT_LABELS = {
    **WHOLE_NUMBERS,
    "yuan": "元",
    "ratio": "比例",
    "ratio_of_pcdi": "上年全省居民人均可支配收入的比例",
    "tiers": "分段比例",
    "bool": "是/否",
    "text": "文字",
    "list": "清单",
    "map": "对照表",
}


@dataclass(frozen=True)
class ParameterKind:
    """`units`: what a value may be counted in, the usual one first. `options`: the only texts that have a meaning."""

    label: str
    units: tuple[str, ...]
    may_be_empty: bool = False
    options: tuple[str, ...] = ()
    hint: str = ""
    may_be_zero: bool = False


def _term(label: str) -> ParameterKind:
    return ParameterKind(label, ("WD",), may_be_empty=True, hint="工作日数，如 5；不设期限的填“无”")


def _switch(label: str) -> ParameterKind:
    return ParameterKind(label, ("bool",), hint="是 或 否")


def _money(label: str, *, may_be_empty: bool = False) -> ParameterKind:
    return ParameterKind(label, ("yuan",), may_be_empty, hint="金额（元），如 40000.00")


def _by_disease(label: str) -> ParameterKind:
    return ParameterKind(label, ("yuan", "map"), hint="金额（元）；逐病种的如 A61-04:30000；A61-05:25000")


_DEPARTMENTS = tuple(department.value for department in Department)
ENTITLEMENT_RULES = ("LIST_DATE", "CERT_DATE", "NEXT_MONTH_FIRST", "SOURCE_BENEFIT_START", "ADJUSTMENT_DATE")
_ENTITLEMENT_HINT = (
    "LIST_DATE 提供名单之日；CERT_DATE 出具证明之日；NEXT_MONTH_FIRST 身份调整次月1日；"
    "SOURCE_BENEFIT_START 与提供部门待遇时间一致；ADJUSTMENT_DATE 动态调整之日"
)

KINDS: Mapping[str, ParameterKind] = {
    "ACCEPT_WD": _term("受理审查期限"),
    "SUPPLEMENT_WD": _term("补正材料期限"),
    "SURVEY_WD": _term("入户调查和审核期限"),
    "SURVEY_MIN_STAFF": ParameterKind("入户调查最少人数", ("count",)),
    "PUB_TWP_DAYS": ParameterKind("乡镇公示期", ("days", "WD")),
    "PUB_CTY_WD": ParameterKind("县级公示期", ("WD", "days")),
    "PUB_ROLL": _switch("公示期最后一日遇休息日顺延"),
    "PUB_COUNT_POSTING_DAY": _switch("张贴之日计入公示期"),
    "PUB_RESTART_AFTER_OBJECTION": _switch("异议复核后公示期重新计算"),
    "POST_WD": _term("张贴公示期限"),
    "FORWARD_WD": _term("公示期满后报送县级期限"),
    "COUNTY_WD": _term("县级审批期限"),
    "REJECT_NOTICE_WD": _term("书面告知期限"),
    "DELIVERY_WD": _term("告知书送达期限"),
    "REFUSAL_PHRASE": ParameterKind("书面告知书的决定用语", ("text",), options=("不予受理", "不予救助")),
    "PAY_AFTER_PUBLICITY": _switch("县级公示期满后方可申请拨款"),
    "PAY_APPLY_WD": _term("提交拨款申请期限"),
    "FIN_WD": _term("财政审核期限"),
    "PAY_WD": _term("支付期限"),
    "PAY_QUERY_WD": _term("答复财政质询期限"),
    "ACCOUNT_FIX_WD": _term("更正收款账户期限"),
    "BANK_INQUIRY_WD": _term("向银行查询支付结果期限"),
    "FINANCE_COUNTERSIGN_ABOVE": _money("须财政负责人加签的支付金额", may_be_empty=True),
    "AGENCY_CONTRACT_REQUIRED": _switch("拨款批次须填委托经办合同编号"),
    "PAYMENT_FILE": ParameterKind("支付文件的格式", ("map",)),
    "PARAMETER_WD": _term("补录缺失参数期限"),
    "ORDER_WD": _term("督办回复期限"),
    "OPINION_WD": _term("会签期限"),
    "EXTENSION_MAX_WD": ParameterKind("一次延期最多天数", ("WD",)),
    "EXTENSION_TIMES": ParameterKind("同一期限延期次数", ("count",)),
    "SUSPENSION_CATEGORIES": ParameterKind("中止的类别", ("map",)),
    "SUSPENSION_DAYS": ParameterKind("中止满多少天提请审核人查看", ("days",)),
    "OPEN_ENDED_DAYS": ParameterKind("无期限事项满多少天列入清单", ("days",)),
    "PENDING_PAPERS_WD": _term("容缺材料补交期限"),
    "RONGQUE": _switch("是否实行容缺受理"),
    "REQUIRED_PAPERS": ParameterKind("申请须交的材料", ("list",)),
    "PENDING_PAPERS": ParameterKind("可以后补的材料", ("list",)),
    "RECOGNITION_REQUIRED": ParameterKind("须附民政部门认定材料的类别", ("list",)),
    "DEADLINE_INCLUSIVE": _switch("“N日前”含当日"),
    "DATE_ROLL": ParameterKind("固定日期遇休息日", ("text",), options=("PREV_IN_MONTH_ELSE_NEXT", "NEXT")),
    "LATE_AGAINST": ParameterKind("超期的判定", ("text",), options=("MAX_NOMINAL_WORK", "NEXT_WD")),
    "WORK_CALENDAR": ParameterKind("工作日历", ("map",)),
    "ESCALATION": ParameterKind("督办阶梯", ("map",)),
    "LADDER_HOUR": ParameterKind("督办时刻", ("text",), hint="时:分，如 09:00"),
    "T-DYN": _term("动态调整名单报送期限"),
    "T-FBK": _term("认定结果反馈期限"),
    "FBK_START": ParameterKind("认定结果反馈起算", ("text",), options=("RECOGNITION_DECISION", "RECEIPT_OF_PUSH")),
    "T-PUSH": ParameterKind("高额医疗费用负担患者信息推送日期", ("day_of_next_month",)),
    "T-REV": ParameterKind("月度信息集中复核日期", ("day_of_next_month",)),
    "T-SHARE": ParameterKind("每月信息共享截止日期", ("day_of_month",), hint="当月几日，31 为当月最后一日"),
    "SHARE_MIN": ParameterKind("每月每个方向最少共享次数", ("count",)),
    "SHARE_REMINDER_DAY": ParameterKind("每月信息共享提醒日", ("day_of_month",)),
    "SHARING_SOURCES": ParameterKind(
        "每月提供名单的部门", ("list",), options=_DEPARTMENTS, hint="部门代码，以顿号分隔"
    ),
    "COUNTED_SOURCES": ParameterKind(
        "计入每月共享次数的部门", ("list",), options=_DEPARTMENTS, hint="部门代码，以顿号分隔"
    ),
    "SHARE_LEVELS": ParameterKind(
        "按月考核信息共享的层级", ("list",), options=tuple(level.value for level in Level), hint="层级代码，如 county"
    ),
    "DATA_LIST": ParameterKind("医保部门提供的数据清单", ("list",), hint="数据项代码，以顿号分隔"),
    "SHARED_CATEGORIES": ParameterKind(
        "不提供类别的部门按哪些类别计人次",
        ("list",),
        options=tuple(category.value for category in Category),
        hint="类别代码，以顿号分隔",
    ),
    "LIAISON_DEPARTMENTS": ParameterKind(
        "各级须明确联络员的部门", ("list",), options=_DEPARTMENTS, hint="部门代码，以顿号分隔"
    ),
    "LIAISON_LEVELS": ParameterKind(
        "须明确联络员的层级", ("list",), options=tuple(level.value for level in Level), hint="层级代码，如 county"
    ),
    "LIAISON_PARTNERS": ParameterKind(
        "参加县级月度共享即须明确联络员的其他部门", ("list",), options=_DEPARTMENTS, hint="部门代码，以顿号分隔"
    ),
    "LIAISON_REMIND_DAYS": ParameterKind("联络员任期届满前提醒", ("days",)),
    "AGREEMENT_REQUIRED": ParameterKind(
        "未签共享协议时", ("text",), options=("WARN", "BLOCK"), hint="WARN 提示；BLOCK 不得共享"
    ),
    "ADJUSTMENT_CYCLE": ParameterKind(
        "动态调整周期", ("text",), options=("MONTH", "QUARTER"), hint="MONTH 按月；QUARTER 按季度"
    ),
    "ENTITLEMENT_START_RULE": ParameterKind(
        "待遇起始日的确定", ("text",), options=ENTITLEMENT_RULES, hint=_ENTITLEMENT_HINT
    ),
    "ENTITLEMENT_END_RULE": ParameterKind(
        "待遇终止日的确定", ("text",), options=ENTITLEMENT_RULES, hint=_ENTITLEMENT_HINT
    ),
    "MARK_WD": ParameterKind(
        "核验无误后标识身份期限",
        ("WD",),
        may_be_empty=True,
        hint="工作日数，当日为 0；不设期限的填“无”",
        may_be_zero=True,
    ),
    "ANOMALY_WD": _term("异常信息补正期限"),
    "ADJUSTMENT_WD": _term("报告本期动态调整期限"),
    "MAKE_GOOD_WD": _term("补办未一站式结算救助的期限"),
    "MISMATCH_WD": _term("核处不在身份期间内的救助结算期限"),
    "ACK_WD": _term("签收期限"),
    "PUSH_TO_SCREEN_WD": _term("推送后初筛期限"),
    "RECOGNITION_WD": _term("救助对象认定期限"),
    "SETTLEMENT_REQUEST_WD": _term("提供医疗费用结算信息期限"),
    "COMPARISON_WD": _term("与省级名单比对期限"),
    "RECTIFY_WD": _term("督促整改回复期限"),
    "VERIFY_WD": _term("整改核实期限"),
    "PROBLEM_WD": _term("答复重大问题期限"),
    "PUSH_GROUP": ParameterKind(
        "高额费用监测名单",
        ("text",),
        options=("falling_back", "falling_into", "none"),
        hint="falling_back 返贫名单；falling_into 致贫名单；none 不监测",
    ),
    "PUSH_THRESHOLD": ParameterKind(
        "高额费用监测标准", ("yuan", "ratio_of_pcdi"), hint="金额（元）如 6000.00，或 50% PCDI；超过此数的列入"
    ),
    "PUSH_INSURANCE": ParameterKind(
        "纳入高额费用监测的险种",
        ("list",),
        options=tuple(insurance.value for insurance in Insurance),
        hint="residents 居民医保；employees 职工医保",
    ),
    "PUSH_SUPPRESS": _switch("负担未变化的可不重复推送"),
    "BURDEN_DEF": ParameterKind(
        "个人累计负担的口径",
        ("text",),
        options=("AFTER_ALL_INSURANCE", "AFTER_BASIC_AND_CRITICAL"),
        hint="AFTER_ALL_INSURANCE 各类保险报销后；AFTER_BASIC_AND_CRITICAL 基本医保、大病保险报销后",
    ),
    "SCREENED_BY": ParameterKind("监测名单的初筛部门", ("text",), options=_DEPARTMENTS),
    "STILL_HEAVY": _money("三重制度保障后负担仍较重的标准", may_be_empty=True),
    "HARDSHIP_GROUP": ParameterKind(
        "困难群众的范围", ("list",), options=tuple(category.value for category in Category), hint="类别代码，以顿号分隔"
    ),
    "UPLOAD_KEEP_DAYS": ParameterKind(
        "待确认的报送保留天数", ("days",), may_be_empty=True, hint="天数，如 30；不设期限的填“无”"
    ),
    "ROSTER_LEAVE_SHARE": ParameterKind(
        "全量名单减少须确认的比例", ("ratio",), may_be_empty=True, hint="比例，如 30%；不须确认的填“无”"
    ),
    "ENROLMENT_RATE_MIN": ParameterKind("参保率下限", ("ratio",), hint="比例，如 99%"),
    "SUBSIDY_FREEZE": _switch("年度内资助参保类别变动次年执行"),
    "CAB_CHECK_WD": _term("民政部门核对身份期限"),
    "REMEDY_WD": _term("登记救济结果期限"),
    "COUNTERSIGN_ABOVE": _money("须加签的救助金额", may_be_empty=True),
    "SUIT_AFTER_RECON": ParameterKind("不服复议决定的起诉期限", ("days",)),
    "ESTATE_PAYEE": ParameterKind("申请人死亡后的收款人", ("text",), options=("HEIR", "INSTITUTION_ONLY")),
    "T-RECON": ParameterKind("行政复议申请期限", ("days",)),
    "T-SUIT": ParameterKind("行政诉讼起诉期限", ("months",)),
    "KEY_TARGETS": ParameterKind("重点救助对象", ("list",)),
    "AID_CATEGORIES": ParameterKind("可以享受救助的类别", ("map",)),
    "CATEGORY_SOURCE": ParameterKind("对象类别的提供部门", ("text",), options=_DEPARTMENTS),
    "OFFICE_NAME": ParameterKind("部门名称", ("text",), hint="机构名称，不含行政区划，如 农业农村局"),
    "CLAUSES_HERE": ParameterKind("办理环节所依据的本地条款", ("map",), hint="通用条款:本地条款，如 B-17:J-20"),
    "NATIONAL_CODES": ParameterKind("国家平台身份类别代码值", ("map",), hint="如 DB:01；TK:02；maf_psn_flag:1"),
    "CATEGORY_NAMES": ParameterKind("名单中对象类别的其他称呼", ("map",)),
    "CONDITIONS_REQUIRED": ParameterKind("认定条件由市统一规定的类别", ("list",)),
    "CONDITIONS": ParameterKind("认定条件", ("text",), may_be_empty=True),
    "RATE_FLOOR": ParameterKind("重点救助对象救助比例下限", ("ratio",)),
    "CAP_FLOOR": _money("年度最高救助限额下限"),
    "BENEFIT_EVENT_DATE": ParameterKind("适用待遇的日期", ("text",), options=("SETTLEMENT", "DISCHARGE", "ADMISSION")),
    "DEDUCT_SCOPE": ParameterKind("起付线的计算范围", ("text",), options=("YEAR", "CASE")),
    "PCDI_FALLBACK": ParameterKind("上年度收入数据未公布时", ("text",), options=("PREVIOUS_YEAR", "NONE")),
    "GXZC_LOOKBACK_MONTHS": ParameterKind("申请前可计入费用的月数", ("months",), may_be_empty=True),
    "GXZC_VALID_MONTHS": ParameterKind(
        "认定结果有效期", ("months",), may_be_empty=True, hint="月数；不设有效期的填“无”"
    ),
    "A43_ROUTE": ParameterKind(
        "重点救助对象区外就医未备案的办理途径",
        ("text",),
        options=("DIRECT", "TOWNSHIP"),
        hint="DIRECT 直接报销；TOWNSHIP 乡镇申请",
    ),
    "MODULE_SINGLE_DISEASE": _switch("启用单病种付费救助"),
    "MODULE_CARE_AID": _switch("启用大病关怀救助"),
    "DISEASE_LIST": ParameterKind("省定重特大疾病病种", ("map",)),
    "DISEASE_FOR_CHILDREN": ParameterKind("限于儿童的病种", ("list",)),
    "CHILD_AGE": ParameterKind("儿童的年龄界限（不满）", ("years",), hint="周岁，如 18"),
    "DISEASE_BY_OPERATION": ParameterKind("限于住院关节置换手术的病种", ("list",)),
    "DISEASE_INSTITUTIONS": ParameterKind(
        "重特大疾病医疗救助定点医疗机构", ("list",), may_be_empty=True, hint="机构代码，以顿号分隔；不限定机构的填“无”"
    ),
    "DISEASE_CEILING": _by_disease("单病种最高限额"),
    "DISEASE_FUND_SHARE": ParameterKind("单病种限额内医保基金支付比例", ("ratio",)),
    "DISEASE_AID_SHARE": ParameterKind("单病种限额内医疗救助支付比例", ("ratio",), may_be_empty=True),
    "DISEASE_REST_AIDED": ParameterKind("单病种其余部分也由救助保障的类别", ("list",)),
    "CARE_AID_DISEASES": ParameterKind("大病关怀救助的病种", ("list",), hint="病种代码，以顿号分隔，如 A61-04、A61-11"),
    "CARE_AID_AMOUNT": _money("大病关怀救助金额"),
    "RARE_DISEASES": ParameterKind("门诊按重点救助对象住院政策救助的病种", ("map",)),
    "RARE_DISEASE_AS": ParameterKind(
        "门诊按住院救助的病种所参照的类别",
        ("text",),
        options=tuple(category.value for category in Category),
        hint="类别代码，如 DB；用于非重点救助对象",
    ),
    "OUTPATIENT_FORM": ParameterKind(
        "门诊救助形式",
        ("text",),
        may_be_empty=True,
        options=("SINGLE_DISEASE", "CARD", "DESIGNATED", "FIXED"),
        hint="SINGLE_DISEASE 单病种付费；CARD 医疗救助卡；DESIGNATED 定点就医购药；FIXED 定期定额；不设的填“无”",
    ),
    "OUTPATIENT_AMOUNT": _money("门诊救助每期金额"),
    "OUTPATIENT_PERIOD": ParameterKind(
        "门诊救助的周期", ("text",), options=("MONTH", "QUARTER", "YEAR"), hint="MONTH 月；QUARTER 季；YEAR 年"
    ),
    "OUTPATIENT_INSTITUTIONS": ParameterKind(
        "门诊救助指定的医疗机构和药店", ("list",), may_be_empty=True, hint="机构代码，以顿号分隔；不限定机构的填“无”"
    ),
    "OUTPATIENT_CEILING": _by_disease("门诊单病种限额"),
    "OUTPATIENT_RATE": ParameterKind("门诊单病种救助比例", ("ratio",)),
    "OUTPATIENT_IN_CAP": _switch("门诊救助计入年度最高救助限额"),
    "TILT_THRESHOLD": _money("倾斜救助起点", may_be_empty=True),
    "TILT_RATE": ParameterKind("倾斜救助比例", ("ratio",), may_be_empty=True, hint="比例，如 50%；不设的填“无”"),
    "BALANCE_RATIO_MAX": ParameterKind("基金累计结余比例上限", ("ratio",), hint="比例，如 15%"),
    "PCDI": _money("全省居民人均可支配收入"),
    "RATE": ParameterKind("救助比例", ("ratio", "tiers"), hint="比例，如 60%；分段的如 0:50%，20000:60%"),
    "DEDUCT": ParameterKind(
        "起付标准",
        ("yuan", "ratio_of_pcdi"),
        may_be_empty=True,
        hint="金额（元）如 7731.00，或 25% PCDI；不设的填“无”",
    ),
    "CAP": _money("年度最高救助限额（封顶线）", may_be_empty=True),
    "PREMIUM": _money("居民医保个人缴费标准"),
    "FISCAL_SUBSIDY": _money("居民医保财政补助标准"),
    "SUBSIDY": _money("资助参保标准"),
    "PREMIUM_PERIOD": ParameterKind("集中参保缴费期", ("map",)),
}


def base_of(key: str) -> str:
    """RATE of RATE(GXZC)."""
    return key.partition("(")[0]


def dimension_of(key: str) -> str:
    """GXZC of RATE(GXZC); empty without brackets."""
    return key.partition("(")[2].removesuffix(")")


def label(key: str) -> str:
    """As people read it: 救助比例（低保对象）. A noun's code by its label, what has no meaning as it is."""
    kind = KINDS.get(base_of(key))
    if kind is None:
        return _named(key)
    dimension = dimension_of(key)
    named = "，".join(_named(part) for part in dimension.split(","))
    return f"{kind.label}（{named}）" if named else kind.label


def _named(code: str) -> str:
    return next((term(code).label for term in (Category, Residence, ListType, Department) if code in set(term)), code)


def well_formed(unit: str, value: Any) -> bool:
    """Whether a stored value is of the shape that its unit promises."""
    if value is None:
        return unit in UNIT_LABELS
    if unit in WHOLE_NUMBERS:
        return isinstance(value, int) and not isinstance(value, bool)
    if unit in ("yuan", "ratio", "ratio_of_pcdi"):
        return _is_decimal(value)
    if unit == "tiers":
        return isinstance(value, list) and all(_is_decimal(t["above"]) and _is_decimal(t["rate"]) for t in value)
    shapes: Mapping[str, type] = {"bool": bool, "text": str, "list": list, "map": dict}
    return unit in shapes and isinstance(value, shapes[unit])


def _is_decimal(value: Any) -> bool:
    try:
        return isinstance(value, str) and Decimal(value) >= 0
    except InvalidOperation:
        return False
