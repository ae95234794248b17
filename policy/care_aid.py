"""Care aid 大病关怀救助 (A-26): once in a life, for a key target in the late stage of one of 24 diseases, beside all other aid.

The list of the 24 diseases stands in a document that is not among the sources: it is a parameter, asked for where missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from policy.case_facts import CaseFacts, Consulted
from policy.decision import TraceLine
from policy.module import InUse, in_use
from policy.money import ZERO, plain
from policy.terms import Category

MODULE = "MODULE_CARE_AID"
STEP = "大病关怀救助"
CLAUSE = "A-26"


@dataclass(frozen=True)
class CareAid:
    """`line` says what became of it where it was asked for; None where it was not."""

    amount: Decimal = ZERO
    line: TraceLine | None = None


def care_aid_of(law: Consulted, facts: CaseFacts, categories: Sequence[Category]) -> CareAid:
    """What care aid adds. What is missing for it is noted in `law`, and then the whole case waits."""
    if not facts.treatment.late_stage:
        return CareAid()
    if facts.care_aid_before:
        return _none("已享受过，每人终身一次")
    targets = law.ask("KEY_TARGETS", facts.on)
    if targets is None:
        return CareAid()
    if not any(category in targets.value for category in categories):
        return _none("限于重点救助对象")
    match in_use(law, MODULE, facts.on):
        case InUse.ASK:
            return CareAid()
        case InUse.NO:
            return _none("本地未启用")
    diseases, amount = law.ask("CARE_AID_DISEASES", facts.on), law.ask("CARE_AID_AMOUNT", facts.on)
    if diseases is None or amount is None:
        return CareAid()
    if facts.treatment.disease_code not in diseases.value:
        return _none("不符合规定的病种条件")
    given = Decimal(amount.value)
    return CareAid(given, TraceLine(STEP, "每人一次性，不计入年度限额", plain(given), amount.clause))


def _none(why: str) -> CareAid:
    return CareAid(ZERO, TraceLine(STEP, why, plain(ZERO), CLAUSE))
