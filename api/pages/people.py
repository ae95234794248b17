"""人员查询: finding a person by exact match, for a stated purpose, logged. Nothing of it ever stands in an address."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Response
from pydantic import ValidationError

from api.errors import Refusal
from api.forms import Form, Wrong, answer_fields, wrongs
from api.pages.desk import AtDesk, Desk
from api.pages.posted import FromForm
from api.rest.people import Search, search
from api.wrong_shape import shape_problem
from policy.access import Action
from policy.fields import Field, Kind

router = APIRouter(prefix="/people")
NOT_YOURS = "您的岗位不能查询人员"
FIELDS = (
    Field("name", "姓名", Kind.LINE, required=False, help="须与登记的完全一致"),
    Field("id_number", "身份证号码", Kind.LINE, required=False),
    Field("last4", "身份证号码后四位", Kind.LINE, required=False),
    Field("purpose", "查询事由", Kind.LINE, help="写入查询记录", clause="C-22"),
)


@router.get("")
async def empty(desk: AtDesk) -> Response:
    desk.demand(Action.SEARCH_PEOPLE, NOT_YOURS)
    return _page(desk, Form("people"))


@router.post("")
async def found(desk: AtDesk, posted: FromForm) -> Response:
    """The answer stands on the very page that asked: a redirect would have to carry what was searched for."""
    desk.demand(Action.SEARCH_PEOPLE, NOT_YOURS)
    form = Form("people", posted.typed)
    if posted.stale:
        return _page(desk, replace(form, problems=(Wrong("", posted.stale.zh, posted.stale.en),)), status=422)
    try:
        wanted = Search.model_validate(answer_fields(FIELDS, form))
        people = (await search(desk.services, desk.signed_in, wanted))["items"]
    except ValidationError as error:
        problems = [shape_problem(wrong["type"], wrong["loc"], wrong.get("ctx")) for wrong in error.errors()]
        return _page(desk, replace(form, problems=wrongs(problems)), status=422)
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return _page(desk, replace(form, problems=(Wrong("name", refusal.zh, refusal.en),)), status=422)
    async with desk.services.database.transaction(desk.signed_in.scope) as session:
        await desk.learn(session, {person["division"] for person in people})
    return _page(desk, form, people)


def _page(desk: Desk, form: Form, people: list[dict[str, Any]] | None = None, status: int = 200) -> Response:
    return desk.page("people/search.html", "people", status=status, form=form, fields=FIELDS, people=people)
