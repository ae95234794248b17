"""Sharing agreements 信息共享协议 (C-24): what may be shared, who enters them, and what follows where there is none."""

from dataclasses import dataclass
from datetime import date

from policy.rulebook import Parameter, Rulebook
from policy.terms import Department, Level, Post, Role, Term

REQUIRED = "AGREEMENT_REQUIRED"
BLOCK = "BLOCK"


class SharedData(Term):
    """A kind of data that the medical-insurance bureau gives (DATA_LIST): what a whitelist may name."""

    ENROLMENT = "enrolment", "参保信息"
    BASIC_BENEFITS = "basic_benefits", "基本医保待遇"
    CRITICAL_ILLNESS_BENEFITS = "critical_illness_benefits", "大病保险待遇"
    AID_BENEFITS = "aid_benefits", "医疗救助待遇"
    BURDEN = "burden", "高额医疗费用负担"
    SETTLEMENTS = "settlements", "医疗费用结算"


PARTNERS = (
    Department.CIVIL_AFFAIRS,
    Department.AGRICULTURE,
    Department.VETERANS_AFFAIRS,
    Department.HEALTH,
    Department.FINANCE,
)


@dataclass(frozen=True)
class NoAgreement:
    """Sharing without a signed agreement: only pointed out, or not allowed, by the rule of the place."""

    rule: Parameter

    @property
    def blocks(self) -> bool:
        return bool(self.rule.value == BLOCK)


def without_agreement(rulebook: Rulebook, day: date) -> NoAgreement | None:
    """What follows there from sharing without an agreement; None where no rule asks for one."""
    rule = rulebook.find(REQUIRED, day)
    return NoAgreement(rule) if rule is not None and rule.value else None


def may_enter(post: Post) -> bool:
    """Whether the post enters agreements of its own division: the insurance bureau's supervisor of a city or a county."""
    insured_by = post.department is Department.MEDICAL_INSURANCE and post.role is Role.SUPERVISOR
    return insured_by and post.level in (Level.CITY, Level.COUNTY)
