"""High-cost monitoring 高额费用推送 (B-14 … B-17, D-02): the burdens of a month, and who was listed for which reason.

Burdens are kept before aid and beside it what was aided (AMB-5). An item is written when the month is counted, may be
counted again until it is released, and from then on only its tracking changes.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from policy.exchange_terms import ListType
from store.base import Base, Json, Key, Moment, Yuan

LISTED, SUPPRESSED = "listed", "suppressed"
"""An item's state: pushed with the list, or left out because its burden has not changed (D-03)."""


class BurdenRow(Base):
    """What a person has borne from 1 January to the end of the month, as the bureau that insures them has loaded it."""

    __tablename__ = "burden"
    __table_args__ = (
        UniqueConstraint("division", "month", "person_id"),
        CheckConstraint("burden >= 0 and aid >= 0", "amounts"),
        Index("burden_person_id_idx", "person_id"),
    )

    id: Mapped[Key]
    division: Mapped[str]
    month: Mapped[date]
    """The first day of the month that the sum runs to the end of."""
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    residence: Mapped[str]
    insurance: Mapped[str]
    burden: Mapped[Yuan]
    """Before aid; what is taken off for insurance says `definition`."""
    aid: Mapped[Yuan]
    """Medical aid paid in the same time."""
    definition: Mapped[str]
    upload_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upload.id"))
    loaded_at: Mapped[Moment]


class PushItemRow(Base):
    """One person above the threshold in one month, with the rule that says so."""

    __tablename__ = "push_item"
    __table_args__ = (
        UniqueConstraint("matter_id", "person_id"),
        CheckConstraint("state in ('listed', 'suppressed')", "state"),
        CheckConstraint("list_type in ('falling_back', 'falling_into')", "list_type"),
        CheckConstraint("(state = 'suppressed') <= (previous_burden is not null)", "suppressed_since_unchanged"),
        CheckConstraint("pushed_on is null or state = 'listed'", "only_what_is_listed_is_pushed"),
        Index("push_item_person_id_idx", "person_id", "year", "list_type"),
        Index("push_item_recognition_id_idx", "recognition_id"),
    )

    id: Mapped[Key]
    matter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("matter.id"))
    division: Mapped[str]
    month: Mapped[date]
    year: Mapped[int]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    list_type: Mapped[str]
    category: Mapped[str]
    """The category that put the person on that list, PT where they hold none."""
    residence: Mapped[str]
    insurance: Mapped[str]
    burden: Mapped[Yuan]
    aid: Mapped[Yuan]
    threshold: Mapped[Yuan]
    fallback: Mapped[bool]
    """The threshold rests on an earlier year's income because last year's is not published (B-13)."""
    grounds: Mapped[list[str]] = mapped_column(ARRAY(String))
    rule: Mapped[Json]
    """The threshold's parameter, as `store.rulebook.parameter_record` keeps it."""
    state: Mapped[str]
    previous_burden: Mapped[Yuan | None]
    previous_month: Mapped[date | None]
    """The last push of the same person, calendar year and list before this one."""
    still_heavy: Mapped[bool]
    """What is left after insurance and aid is above STILL_HEAVY: fed back to the platform (B-22)."""
    pushed_on: Mapped[date | None]
    recognition_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("recognition.id"))
    tracked_month: Mapped[date]
    tracked_burden: Mapped[Yuan]
    tracked_over: Mapped[bool]
    """How the person stands by the latest month that was counted (B-16)."""


class PriorPushRow(Base):
    """What was last pushed of a person and list before this system was in use 上线前最近一次推送: the unchanged rule's beginning."""

    __tablename__ = "prior_push"
    __table_args__ = (
        UniqueConstraint("division", "person_id", "year", "list_type"),
        CheckConstraint("list_type in ('falling_back', 'falling_into')", "list_type"),
    )

    id: Mapped[Key]
    division: Mapped[str]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    year: Mapped[int]
    list_type: Mapped[str]
    month: Mapped[date]
    burden: Mapped[Yuan]
    upload_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upload.id"))
    taken_in_at: Mapped[Moment]


@dataclass(frozen=True)
class LastPush:
    burden: Decimal
    month: date
    list_type: ListType


async def last_push(
    session: AsyncSession, division: str, person: uuid.UUID, year: int, list_type: ListType, before: date
) -> LastPush | None:
    """What was last pushed of the person on that list in that calendar year, in a month before `before`; else what a county
    said of the time before it went live.
    """
    row = await session.scalar(
        select(PushItemRow)
        .where(
            PushItemRow.person_id.in_(select(func.one_person(person))),
            PushItemRow.division == division,
            PushItemRow.year == year,
            PushItemRow.list_type == list_type.value,
            PushItemRow.pushed_on.is_not(None),
            PushItemRow.month < before,
        )
        .order_by(PushItemRow.month.desc())
        .limit(1)
    )
    if row is not None:
        return LastPush(row.burden, row.month, list_type)
    prior = await prior_push(session, division, person, year, list_type)
    return LastPush(prior.burden, prior.month, list_type) if prior and prior.month < before else None


async def prior_push(
    session: AsyncSession, division: str, person: uuid.UUID, year: int, list_type: ListType
) -> PriorPushRow | None:
    found: PriorPushRow | None = await session.scalar(
        select(PriorPushRow).where(
            PriorPushRow.person_id.in_(select(func.one_person(person))),
            PriorPushRow.division == division,
            PriorPushRow.year == year,
            PriorPushRow.list_type == list_type.value,
        )
    )
    return found


async def items_of(
    session: AsyncSession, matter: uuid.UUID, *, after: uuid.UUID | None, limit: int
) -> list[PushItemRow]:
    """The items of a month in their order, from the one behind `after` on."""
    asked = select(PushItemRow).where(PushItemRow.matter_id == matter).order_by(PushItemRow.id).limit(limit)
    if after is not None:
        asked = asked.where(PushItemRow.id > after)
    return list(await session.scalars(asked))


async def numbers_of(session: AsyncSession, matter: uuid.UUID) -> dict[str, int]:
    """How many persons by state and list: {listed, suppressed, falling_back, falling_into, fallback, still_heavy}."""
    counted = await session.execute(
        text(
            "select count(*) filter (where state = 'listed') as listed,"
            " count(*) filter (where state = 'suppressed') as suppressed,"
            " count(*) filter (where state = 'listed' and list_type = 'falling_back') as falling_back,"
            " count(*) filter (where state = 'listed' and list_type = 'falling_into') as falling_into,"
            " count(*) filter (where fallback) as fallback, count(*) filter (where still_heavy) as still_heavy"
            " from push_item where matter_id = :matter"
        ),
        {"matter": matter},
    )
    return dict(counted.mappings().one())


async def burdens_of(session: AsyncSession, division: str, month: date) -> Sequence[BurdenRow]:
    """All burdens of a month; they are as many as the file had rows."""
    rows = await session.scalars(
        select(BurdenRow).where(BurdenRow.division == division, BurdenRow.month == month).order_by(BurdenRow.id)
    )
    return rows.all()


async def burden_uploads(session: AsyncSession, division: str, month: date) -> dict[str, int]:
    """By table, how many of the month's burdens stand as it brought them: another count, or another table, is another state."""
    counted = await session.execute(
        select(BurdenRow.upload_id, func.count())
        .where(BurdenRow.division == division, BurdenRow.month == month)
        .group_by(BurdenRow.upload_id)
    )
    return {str(upload): rows for upload, rows in counted}
