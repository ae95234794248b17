"""The nouns of the monthly exchange between departments 信息共享: code and 中文 label, as in `policy/terms.py`."""

from policy.terms import Term


class RosterChange(Term):
    """动态调整工作类型 (A-65). 附件3 has no word for leaving by decision: `退出` is ours (AMB-20); J-14 names 身份变更."""

    NEWLY_IDENTIFIED = "newly_identified", "新识别"
    NATURAL_INCREASE = "natural_increase", "自然增加"
    NATURAL_DECREASE = "natural_decrease", "自然减少"
    EXIT = "exit", "退出"
    CATEGORY_CHANGE = "category_change", "身份变更"

    @property
    def adds(self) -> bool:
        return self in (RosterChange.NEWLY_IDENTIFIED, RosterChange.NATURAL_INCREASE)

    @property
    def removes(self) -> bool:
        return self in (RosterChange.NATURAL_DECREASE, RosterChange.EXIT)


class Carrier(Term):
    """How a batch travelled 载体 (C-29)."""

    INTERFACE = "interface", "接口"
    FILE = "file", "文件"
    PAPER = "paper", "纸质"


class Direction(Term):
    """Of a sharing, as seen by the medical-insurance bureau (AMB-6)."""

    IN = "in", "提供给医保部门"
    OUT = "out", "医保部门提供"


class SharingState(Term):
    """Of one sharing: it counts when both sides have confirmed its counts."""

    SENT = "sent", "已提供，待核对"
    RECONCILED = "reconciled", "双方已确认"
    DISPUTED = "disputed", "数量不符，待更正"
    WITHDRAWN = "withdrawn", "已撤回"


class ListType(Term):
    """Which monitoring a person with a high burden is listed for (B-14, B-15)."""

    FALLING_BACK = "falling_back", "返贫"
    FALLING_INTO = "falling_into", "致贫"


class Insurance(Term):
    """Which of the two basic insurances a person is in (AMB-5)."""

    RESIDENTS = "residents", "居民医保"
    EMPLOYEES = "employees", "职工医保"


class Obligation(Term):
    """What a county owes for a data month; the columns of the board."""

    SHARING_IN = "sharing_in", "名单共享（报医保）"
    SHARING_OUT = "sharing_out", "数据共享（医保报）"
    REVIEW = "review", "集中复核"
    PUSH = "push", "高额费用推送"


class ObligationState(Term):
    OPEN = "open", "办理中"
    MET = "met", "已完成"
    LATE = "late", "逾期完成"
    MISSED = "missed", "未完成"
    CLOSED = "closed", "已关闭"


class MatterStatus(Term):
    """Where a run of one of the exchange's procedures stands."""

    # W07
    OPEN = "open", "办理中"
    MET = "met", "已完成共享"
    MISSED = "missed", "当月未完成"
    CLOSED = "closed", "已关闭"
    # W06
    ADJUSTED = "adjusted", "动态调整完成"
    LIST_DRAFT = "list_draft", "名单填报"
    CERTIFIED = "certified", "已出具证明"
    PROVIDED = "provided", "已提供"
    RECEIVED = "received", "已接收"
    CHECKED = "checked", "已核验"
    MARKED = "marked", "已标识"
    NO_CHANGE = "no_change", "本期无变动"
    REFUSED = "refused", "整批退回"
    # W08
    DEPT_SELF_CHECK = "dept_self_check", "部门自查"
    RETURNED_TO_MSB = "returned_to_msb", "已反馈医保"
    MSB_DEDUP = "msb_dedup", "剔重核对"
    ANOMALIES_OUT = "anomalies_out", "异常回传"
    SUMMARY_SIGNED = "summary_signed", "汇总已签"
    # W09
    SNAPSHOT = "snapshot", "汇总负担"
    SELECTED = "selected", "已筛选"
    REVIEWED = "reviewed", "已复核"
    PUSHED = "pushed", "已推送"
    ACKNOWLEDGED = "acknowledged", "已签收"
    # W10
    SCREENING = "screening", "初筛"
    NOT_CANDIDATE = "not_candidate", "不符合初筛条件"
    IN_RECOGNITION = "in_recognition", "认定中"
    RECOGNISED = "recognised", "已认定"
    NOT_RECOGNISED = "not_recognised", "未认定"
    FED_BACK = "fed_back", "已反馈"
    # W11
    RETURNED = "returned", "已退回"
    RECHECKED = "rechecked", "已复核"
    # W17
    ORDER_ISSUED = "order_issued", "已督促整改"
    REPLIED = "replied", "已回复"
    RE_ORDERED = "re_ordered", "再次督促"
    VERIFIED = "verified", "已核实"
    REPORTED = "reported", "已报告"
    ANSWERED = "answered", "已答复"
    # W18
    PROVINCE_LIST_IN = "province_list_in", "省级名单已到"
    COMPARED = "compared", "已比对"
    EXPLAINED = "explained", "差异已说明"
    CONFIRMED = "confirmed", "名单已确认"


class AnomalyState(Term):
    """Where a returned row stands (processes 3.11): detected and returned are one moment here."""

    RETURNED = "returned", "已退回"
    CORRECTED = "corrected", "已更正，待复核"
    CONFIRMED_TRUE = "confirmed_true", "已确认属实，待复核"
    CLOSED = "closed", "已办结"
    WITHDRAWN = "withdrawn", "已撤回"

    @property
    def settled(self) -> bool:
        return self in (AnomalyState.CLOSED, AnomalyState.WITHDRAWN)

    @property
    def waits_for_recheck(self) -> bool:
        return self in (AnomalyState.CORRECTED, AnomalyState.CONFIRMED_TRUE)


class SettlementFinding(Term):
    """What a settlement and a person's identity say against each other; the kind of the task that it opens."""

    MISMATCH_REVIEW = "mismatch_review", "不在身份期间内的救助结算"
    MAKE_GOOD = "make_good", "未“一站式”结算，待补办"
