"""The register of liaisons as the months see it (C-19): who names nobody is found, and who ends soon is reminded of it.

Reminders go to the post, never to the person; no mail says who is meant.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from activities.correspondence import Correspondence, Occasion
from activities.posts import holders, resolve
from notifications.catalog import LiaisonEnding
from policy.deadlines import SHANGHAI
from policy.liaison import asked_of, reminded_on
from policy.organisations import office_on
from policy.rulebook import Parameter, Rulebook
from policy.supervision import FindingKind
from policy.terms import Department, Office, Post, Role, level_of
from store.findings import FindingRow, open_finding
from store.liaisons import LiaisonRow, entries_of, mend_finding, named_on, that_end
from store.reference import DivisionRow
from store.rulebook import load_law


def lacking(rulebook: Rulebook, named: set[tuple[str, str]], day: date) -> Mapping[Department, Parameter]:
    """The departments of the rulebook's division that must have a liaison on `day` and are not among those `named`."""
    asked = asked_of(rulebook, level_of(rulebook.division), day)
    return {one: rule for one, rule in asked.items() if (rulebook.division, one.value) not in named}


async def find_unnamed(session: AsyncSession, rulebook: Rulebook, first: date, now: datetime) -> Sequence[FindingRow]:
    """The findings of a division whose month begins on `first`: each department without a liaison, once until it is mended."""
    named = await named_on(session, first, rulebook.division)
    for division, department in sorted(named):
        if division == rulebook.division:
            await mend_finding(session, division, department, now)
    return [
        await open_finding(
            session,
            FindingKind.NO_LIAISON,
            rulebook.division,
            first,
            None,
            {"department": department.value},
            [rule.clause or rule.document],
            now,
            about=department.value,
        )
        for department, rule in lacking(rulebook, named, first).items()
    ]


async def remind(session: AsyncSession, correspondence: Correspondence, now: datetime) -> int:
    """Tells each office whose liaison ends soon and has no successor; once for each last day. How many such offices there are."""
    day = now.astimezone(SHANGHAI).date()
    law, told = await load_law(session), 0
    for row in await that_end(session, day):
        rulebook = law.rulebook(row.division, day)
        since, last = reminded_on(rulebook, _last(row), day), _last(row)
        if since is None or day < since or await _succeeded(session, row, last):
            continue
        told += 1
        await _tell(session, correspondence, rulebook, row, now)
    return told


async def _succeeded(session: AsyncSession, row: LiaisonRow, last: date) -> bool:
    entries = await entries_of(session, row.division, row.department)
    return any(
        other.overlaps(last, None) for other in entries if other.id != row.id and other.starts_on > row.starts_on
    )


async def _tell(
    session: AsyncSession, correspondence: Correspondence, rulebook: Rulebook, row: LiaisonRow, now: datetime
) -> None:
    day, last = now.astimezone(SHANGHAI).date(), _last(row)
    department = Department(row.department)
    place = await session.get_one(DivisionRow, row.division)
    readers, vacant = await resolve(session, await _keeper(session, row.division, department), day)
    asked = asked_of(rulebook, level_of(row.division), day).get(department)
    for reader in readers:
        notice = LiaisonEnding(
            recipient=reader.name,
            division_name=await correspondence.division_name(session, row.division),
            link=correspondence.link(f"/liaisons/{row.id}"),
            grounds=(rulebook.cite(asked.clause) if asked.clause else asked.document,) if asked else (),
            late_by=None,
            vacant_post=vacant.post.label if vacant else None,
            demonstration=rulebook.demonstration,
            office=office_on(rulebook, place.name, department, day),
            last_day=last,
        )
        occasion = Occasion(f"{notice.name}/{row.id}/{last.isoformat()}", row.division)
        await correspondence.queue(session, reader, notice, occasion, now)


async def _keeper(session: AsyncSession, division: str, department: Department) -> Office:
    """The post that keeps the department's entry: its own supervisor, else its caseworker, or the bureau's supervisor where
    nobody can sign in for it.
    """
    for role in (Role.SUPERVISOR, Role.CASEWORKER):
        own = Office(division, Post(level_of(division), department, role))
        if await holders(session, own):
            return own
    return Office(division, Post(level_of(division), Department.MEDICAL_INSURANCE, Role.SUPERVISOR))


def _last(row: LiaisonRow) -> date:
    last = row.last_day
    assert last is not None
    return last
