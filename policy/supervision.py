"""Monitoring and rectification 督促整改 (W17): what is found, and who may order whom to put it right.

One report, many readers (B-29): what is known to the product is never asked of an office again, and an office is never
asked twice about the same finding.
"""

from policy.terms import Department, Level, Post, Role, Term, level_of


class FindingKind(Term):
    """What monitoring finds 监测发现的问题. The label says it as the board and the order do."""

    MISSED_SHARING = "missed_sharing", "当月未完成信息共享"
    LATE_PUSH = "late_push", "未按期推送高额费用名单"
    LATE_NOTICE = "late_notice", "未按期提供动态调整名单"
    CONFLICT_OF_RULES = "conflict_of_rules", "上下级文件规定不一致"
    ANOMALIES_UNRESOLVED = "anomalies_unresolved", "异常数据未处理完"
    NO_AGREEMENT = "no_agreement", "未签订信息共享协议"
    NO_LIAISON = "no_liaison", "未明确联络员"
    FUND_BALANCE = "fund_balance", "基金累计结余超过规定比例"
    ENROLMENT_RATE = "enrolment_rate", "参保率未达标"
    INSTITUTION_LIST_MISSING = "institution_list_missing", "定点医疗机构名单未报送"
    MONTHS_OPENED_BY_WATCHDOG = "months_opened_by_watchdog", "月度共享未按时自动开启"

    @property
    def measured(self) -> bool:
        """False where nothing in the product measures it yet: shown as such, never as zero."""
        return self not in (FindingKind.ENROLMENT_RATE, FindingKind.INSTITUTION_LIST_MISSING)


LASTING = (
    FindingKind.CONFLICT_OF_RULES,
    FindingKind.NO_AGREEMENT,
    FindingKind.NO_LIAISON,
    FindingKind.FUND_BALANCE,
)
"""What lasts until somebody changes it: found once, and again only after it was settled."""


class ProblemTopic(Term):
    """What a major problem 重大问题 is about (C-33, D-31, E-05)."""

    SHARING = "sharing", "信息共享"
    FALLING_BACK = "falling_back", "返贫致贫风险"
    FUND = "fund", "基金运行"
    SECURITY = "security", "数据安全"
    OTHER = "other", "其他重大问题"


ABOVE = (Level.PROVINCE, Level.CITY)
REPORTING = (Department.MEDICAL_INSURANCE, Department.CIVIL_AFFAIRS, Department.AGRICULTURE)
"""Who reports upward: the bureaus that C-33 and D-31 address."""


def may_order(post: Post, division: str, county: str) -> bool:
    """Whether the post in `division` may order the bureau of `county` to put something right (C-21, C-25).

    The medical-insurance supervisor of the city or the province that contains the county.
    """
    heads = post.department is Department.MEDICAL_INSURANCE and post.role is Role.SUPERVISOR
    return heads and post.level in ABOVE and level_of(county) is Level.COUNTY and county.startswith(division)


def may_report(post: Post) -> bool:
    """Whether the post may report a major problem upward: the heads of a county's or a city's bureau."""
    below = post.level in (Level.COUNTY, Level.CITY)
    return below and post.department in REPORTING and post.role in (Role.SUPERVISOR, Role.LEADER)


def reports_to(post: Post) -> tuple[Level, ...]:
    """The levels to which a problem may be reported from there, nearest first."""
    return tuple(reversed([level for level in ABOVE if level.rank < post.level.rank]))
