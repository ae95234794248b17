"""Outpatient aid 门诊救助 (A-12, A-20): the form and the amounts are the city's, and without them nothing is computed.

Two diseases, Gaucher's and Pompe's, are aided like an inpatient key target instead (A-20). All other forms but the payment
by disease are one amount per period, handed out in different ways (card, designated place, periodic sum).
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from policy.case_facts import CaseFacts, Consulted
from policy.claim import Claim, capped, claim_of
from policy.deadlines import add_months
from policy.decision import TraceLine
from policy.disease_tables import Worth, worth_of
from policy.money import ZERO, cents, percent, plain, yuan
from policy.rulebook import Parameter, Rulebook
from policy.terms import Category

STEP = "门诊救助"
FORMS = {
    "SINGLE_DISEASE": "单病种付费",
    "CARD": "医疗救助卡",
    "DESIGNATED": "定点医疗机构就医或定点药店购药",
    "FIXED": "定期定额",
}
PERIODS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
"""Months; a period begins with the calendar's month, quarter or year."""


def outpatient_claim(law: Consulted, facts: CaseFacts, category: Category) -> Claim | None:
    """What outpatient cost gives to `category`. None when something that it needs is missing; all of it is noted."""
    rare = law.rulebook.find("RARE_DISEASES", facts.on)
    if rare is not None and facts.treatment.disease_code in (rare.value or {}):
        law.use(rare)
        return _like_a_key_target(law, facts, category, rare)
    form = law.ask(f"OUTPATIENT_FORM({category})", facts.on)
    if form is None:
        return None
    if form.value is None:
        return _claim(law, facts, category, ZERO, TraceLine(STEP, "本地对该类对象不设门诊救助", plain(ZERO), "A-12"))
    if form.value == "SINGLE_DISEASE":
        return _by_disease(law, facts, category)
    return _per_period(law, facts, category, form)


def period_of(rulebook: Rulebook, on: date) -> tuple[date, date] | None:
    """The period of a periodic sum that `on` lies in: its first day and the day after its last. None without the parameter."""
    found = rulebook.find("OUTPATIENT_PERIOD", on)
    if found is None:
        return None
    months = PERIODS[found.value]
    first = date(on.year, (on.month - 1) // months * months + 1, 1)
    return first, add_months(first, months)


def _like_a_key_target(law: Consulted, facts: CaseFacts, category: Category, rare: Parameter) -> Claim | None:
    """By the standards of the category itself where it is a key target, else of the one that RARE_DISEASE_AS names."""
    targets = law.ask("KEY_TARGETS", facts.on)
    if targets is None:
        return None
    standards = category
    if category not in targets.value:
        named = law.ask("RARE_DISEASE_AS", facts.on)
        if named is None:
            return None
        standards = Category(named.value)
    claim = claim_of(law, facts, category, standards)
    if claim is None:
        return None
    line = TraceLine(STEP, "按重点救助对象住院救助政策", standards.label, rare.clause)
    return replace(claim.after(line), grounds=(*claim.grounds, rare.clause))


def _by_disease(law: Consulted, facts: CaseFacts, category: Category) -> Claim | None:
    disease = facts.treatment.disease_code
    if disease is None:
        return _claim(law, facts, category, ZERO, TraceLine(STEP, "未填写病种，不能按病种付费", plain(ZERO), "A-12"))
    rate = law.ask(f"OUTPATIENT_RATE({category})", facts.on)
    ceiling = worth_of(law, "OUTPATIENT_CEILING", disease, facts.on)
    if rate is None or ceiling is None:
        return None
    return _claim(law, facts, category, *_rated(facts, ceiling, rate))


def _rated(facts: CaseFacts, ceiling: Worth, rate: Parameter) -> tuple[Decimal, TraceLine]:
    part = min(facts.costs.base, ceiling.amount)
    amount = cents(part * Decimal(rate.value))
    formula = f"{FORMS['SINGLE_DISEASE']}，限额 {yuan(ceiling.amount)}；{yuan(part)} × {percent(Decimal(rate.value))}"
    return amount, TraceLine(STEP, formula, plain(amount), "A-12")


def _per_period(law: Consulted, facts: CaseFacts, category: Category, form: Parameter) -> Claim | None:
    sum_, period = law.ask(f"OUTPATIENT_AMOUNT({category})", facts.on), law.ask("OUTPATIENT_PERIOD", facts.on)
    places = law.ask("OUTPATIENT_INSTITUTIONS", facts.on) if form.value == "DESIGNATED" else None
    if sum_ is None or period is None or (form.value == "DESIGNATED" and places is None):
        return None
    if places is not None and places.value is not None and facts.treatment.institution_code not in places.value:
        return _claim(law, facts, category, ZERO, TraceLine(STEP, "不在指定的医疗机构或药店", plain(ZERO), "A-12"))
    left = max(ZERO, Decimal(sum_.value) - facts.outpatient_paid)
    amount = min(facts.costs.base, left)
    given = f" − 本期已救助 {yuan(facts.outpatient_paid)}" if facts.outpatient_paid else ""
    formula = f"{FORMS[form.value]}，每期 {yuan(Decimal(sum_.value))}{given}；个人负担 {yuan(facts.costs.base)}"
    return _claim(law, facts, category, amount, TraceLine(STEP, formula, plain(amount), "A-12"))


def _claim(law: Consulted, facts: CaseFacts, category: Category, amount: Decimal, line: TraceLine) -> Claim | None:
    """Whether it uses up the cap of the year is the city's to say (OUTPATIENT_IN_CAP); A-15 speaks of inpatients."""
    within = law.ask("OUTPATIENT_IN_CAP", facts.on)
    if within is None:
        return None
    grounds = (law.rulebook.parameter("AID_CATEGORIES", facts.on).value[category], "A-12")
    if not within.value:
        return Claim(category, amount, grounds, (line,), in_cap=ZERO, in_deductible=ZERO)
    cap = law.ask(f"CAP({category})", facts.on)
    if cap is None:
        return None
    left, cap_line = capped(amount, cap, facts.paid_this_year)
    return Claim(category, left, (*grounds, cap.clause), (line, cap_line), in_cap=left, in_deductible=ZERO)
