"""The applicant has died: what was spent before goes on, and the payee must be another one before anything is paid (R-DEATH)."""

from datetime import date

from api.case_acts.act import Act, wrong
from api.errors import Refusal, wrong_fields


async def death(act: Act) -> None:
    application = act.application
    if application.deceased_on is not None:
        raise Refusal(
            409,
            "death-already-entered",
            f"已登记死亡日期{application.deceased_on.isoformat()}",
            "the death has been entered already",
            deceased_on=application.deceased_on.isoformat(),
        )
    died_on = date.fromisoformat(act.values["died_on"])
    _check(act, died_on)
    application.deceased_on = died_on
    act.codes |= {"died_on": died_on.isoformat()}
    act.typed["reason"] = act.values["reason"]


def _check(act: Act, died_on: date) -> None:
    """Care ends with the death; the bill may be settled afterwards."""
    clause, application = act.declared.clause, act.application
    if died_on > act.day:
        raise wrong_fields(
            [wrong("died_on", "死亡日期不能晚于登记之日", "it lies after the day of this entry", clause)]
        )
    if died_on < application.admitted_on:
        zh = f"死亡日期早于入院（就诊）日期{application.admitted_on.isoformat()}，请核对"
        raise wrong_fields([wrong("died_on", zh, "it lies before the admission", clause)])
    if died_on < application.discharged_on:
        zh = f"死亡日期早于出院日期{application.discharged_on.isoformat()}：死亡后的费用不予救助，请先更正登记的费用和日期"
        raise wrong_fields([wrong("died_on", zh, "the costs are for care after the death: correct them first", clause)])
