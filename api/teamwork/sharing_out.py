"""Giving a task to somebody: a head of the unit assigns it, its holder hands it over with a reason."""

import uuid

from api.errors import Refusal, not_allowed, wrong_fields
from api.identity import CurrentUser
from api.services import Services
from api.teamwork.acting import Acting, account_named, acting_on, new_id, post_of
from api.teamwork.separation import barring_step
from policy.problems import Problem
from policy.steps import is_kind, step
from policy.teamwork import may_direct
from policy.terms import Office
from store.accounts import AccountRow
from store.remarks import TaskActRow


async def assign_task(services: Services, user: CurrentUser, task_id: uuid.UUID, to: str) -> None:
    """Puts the task into the box of `to`, who holds the post it waits for. Raises Refusal."""
    async with acting_on(services, user, task_id) as acting:
        if not may_direct(user.post, user.division, acting.office):
            raise not_allowed("只有本单位审核人、负责人可以指派")
        await _give(acting, await _taker(acting, to), "assigned", None)


async def hand_over_task(services: Services, user: CurrentUser, task_id: uuid.UUID, to: str, reason: str) -> None:
    """From its holder to a colleague of the same post. Raises Refusal."""
    async with acting_on(services, user, task_id) as acting:
        if acting.task.assignee != user.id:
            raise not_allowed("只有此事项的经手人可以转交")
        await _give(acting, await _taker(acting, to), "handed_over", reason)


async def _taker(acting: Acting, username: str) -> AccountRow:
    taker = await account_named(acting.session, username)
    if taker is None or not taker.active or Office(taker.division, post_of(taker)) != acting.office:
        zh = f"只能交给在岗的{acting.office.post.label}"
        raise wrong_fields([Problem("/to", zh, "only to somebody who holds the post of the task")])
    if taker.id == acting.task.assignee:
        raise Refusal(409, "already-theirs", "此事项已由其经手", "that person holds the task already")
    barred = await barring_step(acting.session, [taker.id], acting.task.kind, acting.subject)
    if barred:
        done = step(barred).label if is_kind(barred) else "受理登记"
        zh = f"对方已办理本案的“{done}”，不得再办理此环节"
        raise Refusal(409, "separation-of-duties", zh, f"that person did {barred} of this case", step=barred)
    return taker


async def _give(acting: Acting, to: AccountRow, how: str, words: str | None) -> None:
    act_id = await new_id(acting.session)
    acting.session.add(
        TaskActRow(
            id=act_id,
            task_id=acting.task.id,
            division=acting.task.division,
            act=how,
            acted_by=acting.user.id,
            handed_to=to.id,
            day=acting.today,
            at=acting.now,
            words_sealed=acting.seal("task_act", "words", act_id, words) if words else None,
        )
    )
    acting.task.assignee = to.id
    acting.record(how, {"to": to.username})
    await acting.telling().handed_over(acting.session, await acting.act(act_id), to, how)
