"""What all 试算 share: who may try, in which division, with which answer when a parameter is missing. Nothing is written."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.errors import Refusal, not_allowed, wrong_fields
from api.identity import CurrentUser
from api.parameter_name import parameter_name
from api.services import Services
from policy.access import Action, may
from policy.clock import today
from policy.problems import Problem
from policy.rulebook import Rulebook
from policy.terms import normal_division
from store.reference import DivisionRow
from store.rulebook import load_rulebook

FIRST_YEAR, LAST_YEAR = 1949, 2200
"""Days far outside any calendar only lead beyond what a date can hold."""

DivisionCode = Annotated[str, Field(min_length=2, max_length=12, pattern=r"^\d+$")]


class Tried(BaseModel):
    """What is null has been left out."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, sent: Any) -> Any:
        return {name: value for name, value in sent.items() if value is not None} if isinstance(sent, dict) else sent


@asynccontextmanager
async def law_tried(services: Services, user: CurrentUser, division: str) -> AsyncIterator[Rulebook]:
    """The rulebook of `division` as of today. Raises Refusal: 403 for who may not try, 422 for a division that is none."""
    if not may(user.post, Action.TRY_POLICY):
        raise not_allowed("您的岗位不能使用试算")
    code = normal_division(division)
    async with services.database.transaction(user.scope) as session:
        if await session.get(DivisionRow, code) is None:
            raise wrong_fields([Problem("/division", f"没有区划代码{code}", f"there is no division {code}")])
        yield await load_rulebook(session, code, today(services.clock))


def check_year(pointer: str, day: date | None) -> None:
    if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise wrong_fields([Problem(pointer, "年份超出范围", "the year is out of range")])


def missing_parameter(key: str) -> Refusal:
    return Refusal(
        404,
        "parameter-missing",
        f"缺少参数“{parameter_name(key)}”，不能推算",
        f"the parameter {key} is missing; nothing is guessed",
        key=key,
        outcome="parameter_missing",
    )
