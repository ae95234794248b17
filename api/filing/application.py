"""Filing an application: checked as a whole, written in one transaction, its procedure started by the outbox (W01)."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal, not_allowed, wrong_fields
from api.filing.checks import check_filing
from api.filing.people import register
from api.filing.reading import Reading, read_filing
from api.filing.shape import Filing
from api.idempotency import Once
from api.identity import CurrentUser
from api.services import Services
from policy.access import Action, may
from policy.clock import today
from policy.identity_number import normal
from policy.problems import Problem
from policy.procedures import Procedure
from policy.settlement_number import same_number
from policy.terms import ApplicationStatus, DocumentKind, normal_division
from store.applications import ApplicationRow, PaperRow, SerialRow
from store.files import FileRow
from store.outbox import start_case
from store.registration import known_person
from store.tasks import TaskRow
from store.timeline import record
from store.vault import Vault

SERIES = "application"
FILED = "application.after_commit"


@dataclass(frozen=True)
class Filed:
    id: uuid.UUID
    number: str
    status: str

    def body(self) -> dict[str, str]:
        return {"id": str(self.id), "number": self.number, "status": self.status}


async def file_application(services: Services, user: CurrentUser, raw: Any, key: str | None = None) -> Filed:
    """Files the application and returns its id and number. Raises Refusal with every problem: nothing is written."""
    if not may(user.post, Action.FILE_APPLICATION):
        raise not_allowed("只有乡镇（街道）经办人可以登记申请")
    once = Once(services, user, key, "applications", raw)
    async with services.database.transaction(user.scope) as session:
        earlier = await once.earlier(session)
        if earlier is not None:
            return Filed(uuid.UUID(earlier["id"]), earlier["number"], earlier["status"])
        reading = read_filing(raw)
        await _check_unused(services, session, reading)
        checked = await check_filing(session, user, reading, today(services.clock))
        if checked.problems or reading.filing is None:
            raise wrong_fields(checked.problems)
        filed = await _write(services, session, user, reading.filing, checked.files)
        await once.keep(session, 201, filed.body())
    services.fault_point(FILED)
    return filed


async def has_first_task(services: Services, user: CurrentUser, application: uuid.UUID) -> bool:
    async with services.database.transaction(user.scope) as session:
        found = await session.scalar(select(TaskRow.id).where(TaskRow.subject_id == application).limit(1))
    return found is not None


async def _write(
    services: Services, session: AsyncSession, user: CurrentUser, filing: Filing, files: dict[uuid.UUID, FileRow]
) -> Filed:
    now, vault = services.clock.now(), services.vault
    submitted_on = filing.submitted_on or today(services.clock)
    division = normal_division(filing.division)
    registered = await register(session, vault, filing.applicant, division, now)
    settlement = settlement_index(vault, filing.costs.settlement_no)
    await check_settlement(session, registered.person, settlement)  # again, now that twins wait for each other
    application: uuid.UUID = (await session.execute(text("select uuidv7()"))).scalar_one()
    number = await _next_number(session, division, submitted_on)
    row = ApplicationRow(
        id=application,
        number=number,
        division=division,
        status=ApplicationStatus.SUBMITTED.value,
        person_id=registered.person,
        household_id=registered.household,
        submitted_on=submitted_on,
        last_act_on=submitted_on,
        filed_at=now,
        filed_by=user.id,
        settlement_index=settlement,
        paper_reason_sealed=_sealed_reason(vault, application, filing),
        **columns_of(vault, application, filing),
    )
    session.add(row)
    await session.flush()
    session.add_all(_paper(vault, row, paper) for paper in await _with_ids(session, filing))
    for file in files.values():
        file.application_id = application
    record(
        session,
        subject_id=application,
        division=division,
        at=now,
        day=submitted_on,
        tag="counter:application:submitted",
        actor=user.username,
        codes={
            "category": filing.category.value,
            "papers": [paper.kind.value for paper in filing.documents if not paper.pending],
            **({"paper": True} if submitted_on != today(services.clock) else {}),
        },
        grounds=["A-38", "A-37"],
    )
    await start_case(session, Procedure.APPLICATION, row, at=now)
    return Filed(application, number, row.status)


def columns_of(vault: Vault, application: uuid.UUID, filing: Filing) -> dict[str, Any]:
    """What a filing says, as the columns of its row: the same for a new application and a corrected one."""
    applicant = filing.applicant
    return {
        "category": filing.category.value,
        "residence": applicant.residence.value,
        "registered_in": normal_division(applicant.registered_in or filing.division),
        "recognised_in": _division(applicant.recognised_in),
        "insured_in": _division(applicant.insured_in),
        "payee_kind": filing.payee.kind.value,
        **_plain_costs(filing),
        **_sealed(vault, application, filing),
    }


def settlement_index(vault: Vault, typed: str) -> bytes:
    return vault.blind("settlement", same_number(typed))


async def _check_unused(services: Services, session: AsyncSession, reading: Reading) -> None:
    """Before anything else: whoever files the same case twice is told so, not that its files are in use."""
    id_number, settlement = reading.applicant.get("id_number"), reading.costs.get("settlement_no")
    person = await known_person(session, services.vault, id_number) if id_number and settlement else None
    if person and settlement:
        await check_settlement(session, person, settlement_index(services.vault, settlement))


async def check_settlement(
    session: AsyncSession, person: uuid.UUID, settlement: bytes, *, but: uuid.UUID | None = None
) -> None:
    """Raises Refusal where the bill has been handed in already, by this person or another of the household (B-21).

    `but` is the application that is being corrected.
    """
    if await settlement_taken(session, person, settlement, but=but):
        zh, en = (
            "该结算单已经申请过救助，同一费用不得重复救助",
            "this settlement has already been used for an application",
        )
        raise Refusal(
            409,
            "settlement-already-used",
            zh,
            en,
            [Problem("/costs/settlement_no", zh, en, "B-21")],
            clause="B-21",
        )


async def settlement_taken(
    session: AsyncSession, person: uuid.UUID, settlement: bytes, *, but: uuid.UUID | None = None
) -> bool:
    """Whether a live application other than `but` is about the bill. Whoever asks about it waits until the transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(settlement[:8], signed=True))))
    used = await session.scalar(
        text("select settlement_used(:person, :settlement, :but)"),
        {"person": person, "settlement": settlement, "but": but},
    )
    return bool(used)


async def _next_number(session: AsyncSession, division: str, submitted_on: date) -> str:
    """division(9) + year + serial(4); the series' row stays locked until the number is used, so there are no gaps."""
    statement = insert(SerialRow).values(series=SERIES, division=division, year=submitted_on.year, last=1)
    serial = await session.scalar(
        statement.on_conflict_do_update(
            index_elements=["series", "division", "year"], set_={"last": SerialRow.last + 1}
        ).returning(SerialRow.last)
    )
    return f"{division}{submitted_on.year}{serial:04d}"


SEALED_COSTS = {"disease_code", "joint_replacement", "late_stage", "settlement_no", "filing_no", "referral_no"}
"""What a cost statement says about the illness, and the numbers that lead to it elsewhere."""


def _plain_costs(filing: Filing) -> dict[str, Any]:
    costs = filing.costs
    plain = costs.model_dump(exclude=SEALED_COSTS)
    return plain | {"treatment": costs.treatment.value, "remote_filed": bool(costs.filing_no)}


def _sealed_reason(vault: Vault, application: uuid.UUID, filing: Filing) -> bytes | None:
    reason = filing.paper_reason
    return vault.seal("application", "paper_reason", application, reason) if reason else None


def _sealed(vault: Vault, application: uuid.UUID, filing: Filing) -> dict[str, bytes]:
    applicant, costs = filing.applicant, filing.costs
    household = [
        {"name": member.name, "id_number": normal(member.id_number), "relation": member.relation}
        for member in applicant.household
    ]
    cells: dict[str, Any] = {
        "applicant": {
            "name": applicant.name,
            "id_number": normal(applicant.id_number),
            "phone": applicant.phone,
            "address": applicant.address,
            "household": household,
        },
        "medical": costs.model_dump(include=SEALED_COSTS),
        "payee": filing.payee.model_dump(include={"name", "account", "bank"}),
    }
    return {
        f"{column}_sealed": vault.seal("application", column, application, content) for column, content in cells.items()
    }


@dataclass(frozen=True)
class _NewPaper:
    id: uuid.UUID
    kind: DocumentKind
    file: uuid.UUID | None
    no: str | None
    dated: date | None


async def _with_ids(session: AsyncSession, filing: Filing) -> list[_NewPaper]:
    """Ids that rise in the order in which the papers were handed in: they are shown by id."""
    count = {"count": len(filing.documents)}
    ids = sorted(await session.scalars(text("select uuidv7() from generate_series(1, :count)"), count))
    return [
        _NewPaper(key, paper.kind, paper.file, paper.no, paper.date)
        for key, paper in zip(ids, filing.documents, strict=True)
    ]


def _paper(vault: Vault, application: ApplicationRow, paper: _NewPaper) -> PaperRow:
    return PaperRow(
        id=paper.id,
        application_id=application.id,
        division=application.division,
        kind=paper.kind.value,
        state="given" if paper.file else "pending",
        file_id=paper.file,
        reference_sealed=vault.seal("application_paper", "reference", paper.id, {"no": paper.no}) if paper.no else None,
        dated=paper.dated,
        received_on=application.submitted_on if paper.file else None,
    )


def _division(code: str | None) -> str | None:
    return normal_division(code) if code else None
