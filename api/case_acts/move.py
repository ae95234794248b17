"""户籍迁移: the household has moved to another township of the province, which goes on with the file (R-MOVE)."""

from sqlalchemy import select

from api.case_acts.act import Act, wrong
from api.case_acts.withdraw import stop_notices, undecide
from api.errors import wrong_fields
from policy.terms import Level, division_at, level_of, normal_division
from store.reference import DivisionRow

MOVED = "moved"


async def move(act: Act) -> None:
    """Stops everything here; the procedure hands the file over and begins again there."""
    division = normal_division(act.values["division"])
    await _check_target(act, division)
    await act.close_tasks(MOVED)
    await stop_notices(act, MOVED)
    await undecide(act)
    act.application.moving_to = division
    act.codes |= {"to": division}
    act.typed["reason"] = act.values["reason"]


async def _check_target(act: Act, division: str) -> None:
    application = act.application
    if division == application.division:
        raise wrong_fields(
            [wrong("division", "本案已在该乡镇（街道）", "the case lies there already", act.declared.clause)]
        )
    known = await act.session.scalar(select(DivisionRow.code).where(DivisionRow.code == division))
    province = division_at(application.division, Level.PROVINCE)
    if not known or level_of(division) is not Level.TOWNSHIP or division_at(division, Level.PROVINCE) != province:
        zh, en = "没有这个乡镇（街道），请填写本省九位区划代码", "no such township in this province"
        raise wrong_fields([wrong("division", zh, en, act.declared.clause)])
