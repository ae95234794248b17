"""Recognition and feedback 认定反馈 (C-05 … C-07): one case per person, year and list; and the requests for settlements.

A later push of the same person brings the open case up to date; after a closed one it begins the next round.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from policy.exchange_terms import ListType, MatterStatus
from policy.procedures import Procedure
from policy.terms import Category, Department
from store.base import Base, Key, Yuan
from store.matters import MatterRow, Opening, open_matter
from store.pushes import PushItemRow
from store.vault import Vault


class RecognitionRow(Base):
    __tablename__ = "recognition"
    __table_args__ = (
        UniqueConstraint("division", "person_id", "year", "list_type", "round"),
        UniqueConstraint("matter_id"),
        CheckConstraint("recognised is null or decided_on is not null", "decided_has_day"),
        CheckConstraint("coalesce(recognised, false) = (category is not null)", "recognised_as_something"),
        Index(
            "recognition_open_once",
            *("division", "person_id", "year", "list_type"),
            unique=True,
            postgresql_where=text("closed_on is null"),
        ),
        Index("recognition_division_id_idx", "division", "id"),
    )

    id: Mapped[Key]
    matter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("matter.id"))
    division: Mapped[str]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    year: Mapped[int]
    list_type: Mapped[str]
    round: Mapped[int]
    screened_by: Mapped[str]
    """The department that screens and recognises; the other receiver is informed (X-10)."""
    pushed_on: Mapped[date]
    last_pushed_on: Mapped[date]
    pushes: Mapped[int]
    burden: Mapped[Yuan]
    """As last pushed."""
    pushed_as: Mapped[str]
    """The category under which the person was listed."""
    candidate: Mapped[bool | None]
    screened_on: Mapped[date | None]
    recognised: Mapped[bool | None]
    decided_on: Mapped[date | None]
    category: Mapped[str | None]
    document_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """{no} of the document of recognition."""
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """{reason} why the person was no candidate or was not recognised."""
    fed_back_on: Mapped[date | None]
    days_late: Mapped[int | None]
    """Working days by which the feedback was late (T-FBK)."""
    marked_on: Mapped[date | None]
    entitled_from: Mapped[date | None]
    closed_on: Mapped[date | None]


class SettlementRequestRow(Base):
    """Civil affairs asks for a person's settlements for a recognition 医疗费用结算信息申请 (J-23)."""

    __tablename__ = "settlement_request"
    __table_args__ = (
        CheckConstraint("state in ('asked', 'granted', 'refused')", "state"),
        CheckConstraint("(state = 'asked') = (decided_on is null)", "decided_has_day"),
        Index("settlement_request_open_once", "recognition_id", unique=True, postgresql_where=text("state = 'asked'")),
    )

    id: Mapped[Key]
    matter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("matter.id"), unique=True)
    recognition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("recognition.id"))
    division: Mapped[str]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    asked_on: Mapped[date]
    asked_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """{reason, legal_basis}: what for, and the rule that it rests on."""
    state: Mapped[str]
    decided_on: Mapped[date | None]


@dataclass(frozen=True)
class Screening:
    """Who screens a list, and every department that takes part."""

    by: Department
    departments: tuple[Department, ...]


async def list_for_recognition(
    session: AsyncSession, item: PushItemRow, screening: Screening, now: datetime
) -> tuple[RecognitionRow, bool]:
    """The open case of the person of a pushed item, brought up to date; or a new round of it. True when it is new."""
    if item.pushed_on is None:
        raise ValueError("the item has not been pushed")
    rounds = await session.scalars(
        select(RecognitionRow)
        .where(
            RecognitionRow.division == item.division,
            RecognitionRow.person_id.in_(select(func.one_person(item.person_id))),
            RecognitionRow.year == item.year,
            RecognitionRow.list_type == item.list_type,
        )
        .order_by(RecognitionRow.round.desc())
        .with_for_update()  # a case that is just being closed is not brought up to date: the person would wait in nobody's
    )
    latest = next(iter(rounds), None)
    if latest is None or latest.closed_on is not None:
        return await _begin(session, item, screening, 1 if latest is None else latest.round + 1, now), True
    await _update(session, latest, item)
    return latest, False


async def _update(session: AsyncSession, case: RecognitionRow, item: PushItemRow) -> None:
    assert item.pushed_on is not None
    case.last_pushed_on, case.burden, case.pushes = item.pushed_on, item.burden, case.pushes + 1
    case.pushed_as, item.recognition_id = item.category, case.id
    await session.flush()


async def _begin(
    session: AsyncSession, item: PushItemRow, screening: Screening, number: int, now: datetime
) -> RecognitionRow:
    assert item.pushed_on is not None
    key: uuid.UUID = (await session.execute(text("select uuidv7()"))).scalar_one()
    facts = {"list_type": item.list_type, "year": item.year, "round": number, "pushed_as": item.category}
    opening = Opening(
        procedure=Procedure.RECOGNITION,
        key=str(key),
        division=item.division,
        departments=screening.departments,
        department=screening.by,
        status=MatterStatus.SCREENING,
        month=item.month,
        parent=item.matter_id,
        facts=facts,
    )
    matter, _ = await open_matter(session, opening, at=now, day=item.pushed_on)
    case = RecognitionRow(
        id=key,
        matter_id=matter.id,
        division=item.division,
        person_id=item.person_id,
        year=item.year,
        list_type=item.list_type,
        round=number,
        screened_by=screening.by.value,
        pushed_on=item.pushed_on,
        last_pushed_on=item.pushed_on,
        pushes=1,
        burden=item.burden,
        pushed_as=item.category,
    )
    session.add(case)
    await session.flush()
    item.recognition_id = key
    return case


async def case_of(session: AsyncSession, matter: MatterRow) -> RecognitionRow:
    """The case of that matter. Raises NoResultFound."""
    return (await session.scalars(select(RecognitionRow).where(RecognitionRow.matter_id == matter.id))).one()


async def latest_case(
    session: AsyncSession, division: str, person: uuid.UUID, list_type: ListType
) -> RecognitionRow | None:
    """The latest case of the person on that list in that division, whether still open or not."""
    found: RecognitionRow | None = await session.scalar(
        select(RecognitionRow)
        .where(
            RecognitionRow.division == division,
            RecognitionRow.person_id.in_(select(func.one_person(person))),
            RecognitionRow.list_type == list_type.value,
        )
        .order_by(RecognitionRow.year.desc(), RecognitionRow.round.desc())
        .limit(1)
    )
    return found


@dataclass(frozen=True)
class Decision:
    """Of a recognition: category and document if recognised, the reason if not."""

    recognised: bool
    day: date
    category: Category | None = None
    document: str | None = None
    reason: str | None = None


def screen(case: RecognitionRow, vault: Vault, candidate: bool, on: date, reason: str | None) -> None:
    case.candidate, case.screened_on = candidate, on
    _keep_reason(case, vault, reason if not candidate else None)


def decide(case: RecognitionRow, vault: Vault, decision: Decision) -> None:
    case.recognised, case.decided_on = decision.recognised, decision.day
    if decision.recognised and decision.category is not None:
        case.category = decision.category.value
        case.document_sealed = vault.seal("recognition", "document", case.id, {"no": decision.document})
    _keep_reason(case, vault, None if decision.recognised else decision.reason)


def feed_back(case: RecognitionRow, on: date) -> None:
    """Raises ValueError for a case that has not been decided."""
    if case.decided_on is None:
        raise ValueError("nothing has been decided that could be fed back")
    case.fed_back_on = on


def _keep_reason(case: RecognitionRow, vault: Vault, reason: str | None) -> None:
    if reason:
        case.reason_sealed = vault.seal("recognition", "reason", case.id, {"reason": reason})
