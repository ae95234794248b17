"""人员查询: finding a person by exact match, for a stated purpose, logged. Nothing of it ever stands in an address."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import ValidationError

from api.errors import Refusal
from api.forms import Form, Wrong, answer_fields, wrongs
from api.pages.desk import AtDesk, Desk, see_other
from api.pages.people_merge import OTHER, REASON, merge_chosen, merge_fields
from api.pages.posted import FromForm
from api.pages.refusals import Way, refused
from api.rest.people import Search, search
from api.wrong_shape import shape_problem
from policy.access import Action, may
from policy.fields import Field, Kind

router = APIRouter(prefix="/people")
NOT_YOURS = "您的岗位不能查询人员"
NOT_YOURS_TO_MERGE = "只有县级医疗保障审核人可以合并人员"
FIELDS = (
    Field("name", "姓名", Kind.LINE, required=False, help="须与登记的完全一致"),
    Field("id_number", "身份证号码", Kind.LINE, required=False),
    Field("last4", "身份证号码后四位", Kind.LINE, required=False),
    Field("purpose", "查询事由", Kind.LINE, help="写入查询记录", clause="C-22"),
)
People = list[dict[str, Any]]


@router.get("")
async def empty(desk: AtDesk, merged: Annotated[int | None, Query(ge=0)] = None) -> Response:
    desk.demand(Action.SEARCH_PEOPLE, NOT_YOURS)
    said = f"两份人员记录已合并，转入案件{merged}件。", f"The two records are one now; {merged} cases went over."
    return _page(desk, Form("people"), notice=None if merged is None else desk.say(*said))


@router.post("")
async def found(desk: AtDesk, posted: FromForm) -> Response:
    """The answer stands on the very page that asked: a redirect would have to carry what was searched for."""
    desk.demand(Action.SEARCH_PEOPLE, NOT_YOURS)
    if posted.stale:
        stale = (Wrong("", posted.stale.zh, posted.stale.en),)
        return _page(desk, Form("people", posted.typed, stale))
    return await _found(desk, Form("people", posted.typed))


@router.post("/merge")
async def merge(desk: AtDesk, posted: FromForm) -> Response:
    """What is wrong is shown below the same persons, who are searched for again: the form carries what found them."""
    desk.demand(Action.MERGE_PEOPLE, NOT_YOURS_TO_MERGE)
    if posted.stale:
        typed = [(REASON.label, posted.text(REASON.name))]
        return refused(desk, posted.stale, typed=typed, ways=(Way("/people", "人员查询"),))
    done = await merge_chosen(desk, Form("merge", posted.typed), posted.once)
    if isinstance(done, int):
        return see_other(f"/people?merged={done}")
    return await _found(desk, Form("people", posted.typed), done)


async def _found(desk: Desk, form: Form, unmerged: tuple[Wrong, ...] = ()) -> Response:
    """Whoever the form asks for; `unmerged` is why two of them could not be merged."""
    try:
        people = await _search(desk, answer_fields(FIELDS, form), form.value(OTHER.name).strip())
    except ValidationError as error:
        problems = [shape_problem(wrong["type"], wrong["loc"], wrong.get("ctx")) for wrong in error.errors()]
        return _page(desk, Form(form.id, form.typed, wrongs(problems)))
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return _page(desk, Form(form.id, form.typed, (Wrong("name", refusal.zh, refusal.en),)))
    async with desk.services.database.transaction(desk.signed_in.scope) as session:
        await desk.learn(session, {person["division"] for person in people})
    return _page(desk, form, people, unmerged=unmerged)


async def _search(desk: Desk, wanted: dict[str, Any], other: str) -> People:
    """Each search is logged by itself; who is found by both stands there once."""
    searches = [Search.model_validate(wanted)]
    if other and _merges(desk):
        searches.append(Search(id_number=other, purpose=searches[0].purpose))
    answers = [await search(desk.services, desk.signed_in, one) for one in searches]
    return list({person["id"]: person for answer in answers for person in answer["items"]}.values())


def _merges(desk: Desk) -> bool:
    return may(desk.signed_in.post, Action.MERGE_PEOPLE)


def _page(
    desk: Desk,
    form: Form,
    people: People | None = None,
    notice: str | None = None,
    unmerged: Sequence[Wrong] = (),
) -> Response:
    fields = (*FIELDS[:-1], OTHER, FIELDS[-1]) if _merges(desk) else FIELDS
    merging = Form("merge", form.typed, tuple(unmerged))
    mergeable = people is not None and len(people) > 1 and _merges(desk)
    return desk.page(
        "people/search.html",
        "people",
        status=422 if form.problems or unmerged else 200,
        form=form,
        fields=fields,
        people=people,
        merging=merging,
        merge_fields=merge_fields(desk, merging, people) if people and mergeable else (),
        notice=notice,
    )
