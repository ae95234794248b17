"""催办: a word to who is slow, at most once a working day by the same person."""

import uuid

from sqlalchemy import func, select

from api.errors import Refusal, not_allowed
from api.identity import CurrentUser
from api.services import Services
from api.teamwork.acting import Acting, acting_on, new_id
from api.teamwork.suspending import check_running
from policy.teamwork import may_press
from policy.working_days import UnknownYear
from store.remarks import TaskActRow

URGED = "urged"


async def urge(services: Services, user: CurrentUser, task_id: uuid.UUID, words: str | None) -> list[str]:
    """Mails the holder, or the desk; what was typed is read after signing in. Returns the usernames told. Raises Refusal."""
    async with acting_on(services, user, task_id) as acting:
        if not may_press(user.post, user.division, acting.office):
            raise not_allowed("只有本单位审核人、负责人和上级审核人可以催办")
        await check_running(acting.session, task_id)
        await _check_not_today(acting)
        act_id = await new_id(acting.session)
        acting.session.add(
            TaskActRow(
                id=act_id,
                task_id=task_id,
                division=acting.task.division,
                act=URGED,
                acted_by=user.id,
                day=acting.today,
                at=acting.now,
                words_sealed=acting.seal("task_act", "words", act_id, words) if words else None,
            )
        )
        told = await acting.telling().urged(acting.session, await acting.act(act_id))
        acting.record(URGED, {"to": told})
        return told


async def _check_not_today(acting: Acting) -> None:
    last = await acting.session.scalar(
        select(func.max(TaskActRow.day)).where(
            TaskActRow.task_id == acting.task.id, TaskActRow.act == URGED, TaskActRow.acted_by == acting.user.id
        )
    )
    if last is None:
        return
    calendar = (await acting.rulebook()).calendar
    try:
        passed = calendar.working_days_between(last, acting.today)
    except UnknownYear:
        passed = (acting.today - last).days
    if passed < 1:
        raise Refusal(
            409,
            "urged-today",
            f"您已于{last.isoformat()}催办过，每个工作日只能催办一次",
            f"you urged on {last}; once a working day is enough",
        )
