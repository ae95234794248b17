"""Settlements at the institutions 医疗费用结算: what a treatment cost, and what was aided there and then (一站式, A-36)."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from policy.costs import Costs, TreatmentDates
from store.base import Base, Key, Moment, Yuan
from store.people import hold_year
from store.vault import Vault


class SettlementRow(Base):
    """One settlement by its number. The number and the illness are personal: indexed blind and sealed."""

    __tablename__ = "settlement"
    __table_args__ = (
        UniqueConstraint("person_id", "settlement_index"),
        CheckConstraint("compliant_total <= total", "costs"),
        CheckConstraint("one_stop or aid = 0", "aid_at_once_only_one_stop"),
    )

    id: Mapped[Key]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    division: Mapped[str]
    settlement_index: Mapped[bytes]
    medical_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """{settlement_no, disease_code}."""
    institution_code: Mapped[str | None]
    admitted_on: Mapped[date]
    discharged_on: Mapped[date]
    settled_on: Mapped[date]
    total: Mapped[Yuan]
    compliant_total: Mapped[Yuan]
    basic: Mapped[Yuan]
    critical_illness: Mapped[Yuan]
    supplementary: Mapped[Yuan]
    commercial: Mapped[Yuan]
    preferential_subsidy: Mapped[Yuan]
    mutual_aid: Mapped[Yuan]
    aid: Mapped[Yuan]
    """Medical aid paid in the settlement itself."""
    one_stop: Mapped[bool]
    upload_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upload.id"))
    taken_in_at: Mapped[Moment]


@dataclass(frozen=True)
class Settlement:
    """What a list says about a settlement. `number` as it is compared (`policy/settlement_number.py`)."""

    person: uuid.UUID
    division: str
    number: str
    disease_code: str | None
    institution_code: str | None
    dates: TreatmentDates
    costs: Costs
    aid: Decimal
    one_stop: bool


class TakenIn(StrEnum):
    TAKEN_IN = "taken-in"
    KNOWN = "known"
    DIFFERS = "differs"  # the same settlement is here with other dates or amounts
    ELSEWHERE = "elsewhere"  # … or was handed in by another county


async def settled_one_stop(session: AsyncSession, person: uuid.UUID, settlement_index: bytes) -> bool:
    """Whether that settlement was aided one-stop, in any county: its costs must not be aided again (B-21)."""
    found: bool = (
        await session.execute(
            text("select settled_one_stop(:person, :settlement)"), {"person": person, "settlement": settlement_index}
        )
    ).scalar_one()
    return found


async def one_stop_aid_in_year(session: AsyncSession, person: uuid.UUID, year: int) -> Decimal:
    """Aid paid one-stop in the calendar year of the settlements, in any county: it counts into the year's cap (A-14)."""
    aid: Decimal = (
        await session.execute(text("select one_stop_aid_in_year(:person, :year)"), {"person": person, "year": year})
    ).scalar_one()
    return aid


async def take_in(session: AsyncSession, vault: Vault, known: Settlement, upload: uuid.UUID, now: datetime) -> TakenIn:
    """Writes the settlement unless it is here already. The caller holds the lock on the person's ID number."""
    await hold_year(session, known.person)  # an approval under way counts it, or comes before it
    index = vault.blind("settlement", known.number)
    row = await session.scalar(
        select(SettlementRow).where(
            SettlementRow.person_id.in_(select(func.one_person(known.person))), SettlementRow.settlement_index == index
        )
    )
    if row is None:
        await _write(session, vault, known, index, upload, now)
        return TakenIn.TAKEN_IN
    if row.division != known.division:
        return TakenIn.ELSEWHERE
    return TakenIn.KNOWN if _facts(known).items() <= vars(row).items() else TakenIn.DIFFERS


def _facts(settlement: Settlement) -> dict[str, object]:
    return {
        "institution_code": settlement.institution_code,
        **vars(settlement.dates),
        **vars(settlement.costs),
        "aid": settlement.aid,
        "one_stop": settlement.one_stop,
    }


async def _write(
    session: AsyncSession, vault: Vault, known: Settlement, index: bytes, upload: uuid.UUID, now: datetime
) -> None:
    key: uuid.UUID = (await session.execute(text("select uuidv7()"))).scalar_one()
    medical = {"settlement_no": known.number, "disease_code": known.disease_code}
    session.add(
        SettlementRow(
            id=key,
            person_id=known.person,
            division=known.division,
            settlement_index=index,
            medical_sealed=vault.seal("settlement", "medical", key, medical),
            upload_id=upload,
            taken_in_at=now,
            **_facts(known),
        )
    )
    await session.flush()
