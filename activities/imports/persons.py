"""Whom a row is about: the ID number that it gives, and the person as the whole province knows them (decision 0082)."""

import uuid
from collections.abc import Iterator

from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.kinds import Context, Fate, Reason, Row, returned
from policy import identity_number
from store.registration import OtherName, Somebody, known_or_entered

OTHER_NAME = Reason(
    "other-name",
    "该身份证号码已登记为另一姓名，请核对姓名和号码",
    "another name is known under this ID number",
    "name",
)


def wrong_number(context: Context, row: Row) -> Iterator[Reason]:
    """Why it cannot be anybody's, if it cannot."""
    problem = identity_number.check(row.values["id_number"], context.today)
    if problem:
        yield Reason("bad-id-number", problem.zh, problem.en, "id_number", problem.clause)


async def person_of(session: AsyncSession, context: Context, row: Row) -> uuid.UUID | Fate:
    """The person, entered where nobody knew them; the row's fate where the number is known under another name."""
    somebody = Somebody(row.values["name"], row.values["id_number"])
    try:
        return await known_or_entered(session, context.vault, somebody, context.division, context.now)
    except OtherName:
        return returned(OTHER_NAME)
