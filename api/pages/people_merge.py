"""Two of the persons found are one: the form that merges their records, and what it sends (R-MERGE)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ValidationError
from pydantic import Field as Limits

from api.case_acts.merge import merge_people
from api.errors import Refusal
from api.forms import Form, Wrong, answer_fields, wrongs
from api.pages.desk import Desk
from api.wrong_shape import shape_problem
from policy.fields import Choice, Field, Kind

NAMES_DIFFER = "names_differ"
NAMED = 3
"""Cases by which a record is told from another."""
OTHER = Field(
    "other_id_number",
    "另一份记录的身份证号码",
    Kind.LINE,
    required=False,
    help="合并两份记录时填写，两份一并查出",
    clause="R-MERGE",
)
WRONG = Field("wrong", "误录的记录", Kind.CHOICE, help="其案件全部转入正确的记录，此后不再使用")
INTO = Field("into", "正确的记录", Kind.CHOICE)
REASON = Field("reason", "合并原因和依据", Kind.TEXT)
DIFFERENT = Field(
    NAMES_DIFFER,
    "两份记录的姓名不同",
    Kind.CHOICES,
    required=False,
    choices=(Choice("yes", "已核实为同一人，姓名不同仍须合并"),),
)
LABELS = {field.name: field.label for field in (WRONG, INTO, REASON)}


class Chosen(BaseModel):
    wrong: UUID
    into: UUID
    reason: Annotated[str, Limits(min_length=2, max_length=4000)]


def merge_fields(desk: Desk, form: Form, people: Sequence[Mapping[str, Any]]) -> tuple[Field, ...]:
    """The form over the persons found; the confirmation only once the names were found to differ."""
    choices = tuple(Choice(person["id"], _described(desk, person)) for person in people)
    asked = form.problems_at(NAMES_DIFFER) or form.value(NAMES_DIFFER)
    return (
        replace(WRONG, choices=choices),
        replace(INTO, choices=choices),
        REASON,
        *((DIFFERENT,) if asked else ()),
    )


async def merge_chosen(desk: Desk, form: Form, key: str | None) -> int | tuple[Wrong, ...]:
    """How many cases have gone over; or what is wrong, where nothing was done."""
    try:
        chosen = Chosen.model_validate(answer_fields((WRONG, INTO, REASON), form))
        sure = bool(form.value(NAMES_DIFFER))
        done = await merge_people(
            desk.services, desk.signed_in, chosen.wrong, chosen.into, chosen.reason, key, names_differ=sure
        )
    except ValidationError as error:
        return wrongs(shape_problem(bad["type"], bad["loc"], bad.get("ctx"), labels=LABELS) for bad in error.errors())
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        at = NAMES_DIFFER if refusal.code == "names-differ" else ""
        return wrongs(refusal.problems) or (Wrong(at, refusal.zh, refusal.en, refusal.clause),)
    return len(done["applications"])


def _described(desk: Desk, person: Mapping[str, Any]) -> str:
    """Two records may look alike where they are masked: their cases tell them apart."""
    who, where = f"{person['name']} {person['id_number']}", desk.name_of(person["division"])
    numbers = [case["number"] for case in person["applications"]]
    cases = "、".join(numbers[:NAMED])
    return desk.say(
        f"{who}（{where}，案件{len(numbers)}件：{cases}）", f"{who} ({where}, {len(numbers)} cases: {cases})"
    )
