"""The tilt 倾斜救助 for those properly referred, treated within the province and still heavily burdened (B-20)."""

from dataclasses import dataclass
from decimal import Decimal

from policy.case_facts import CaseFacts, Consulted
from policy.decision import TraceLine
from policy.money import ZERO, cents, percent, plain, yuan


@dataclass(frozen=True)
class Tilt:
    """Outside the year's cap: a burden is often heavy because the cap is used up."""

    amount: Decimal = ZERO
    grounds: tuple[str, ...] = ()
    trace: tuple[TraceLine, ...] = ()


def tilt_of(law: Consulted, facts: CaseFacts, burden: Decimal) -> Tilt | None:
    """TILT_RATE of what `burden`, the compliant cost still borne after aid, exceeds TILT_THRESHOLD by.

    The document names neither number: without the city's the case waits (None); a city without tilt enters “无”.
    """
    if not (facts.treatment.referred and facts.treatment.in_province) or burden == 0:
        return Tilt()
    threshold, rate = law.ask("TILT_THRESHOLD", facts.on), law.ask("TILT_RATE", facts.on)
    if threshold is None or rate is None:
        return None
    if threshold.value is None or rate.value is None:
        return Tilt(trace=(TraceLine("倾斜救助", "本地未设倾斜救助", plain(ZERO), "B-20"),))
    line, ratio = Decimal(threshold.value), Decimal(rate.value)
    above = max(ZERO, burden - line)
    amount = cents(above * ratio)
    formula = f"救助后仍负担 {yuan(burden)}，超过 {yuan(line)} 的部分 {yuan(above)} × {percent(ratio)}，不计入年度限额"
    grounds = ("B-20",) if amount else ()
    return Tilt(amount, grounds, (TraceLine("倾斜救助", formula, plain(amount), "B-20"),))
