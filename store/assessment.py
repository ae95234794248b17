"""Assesses an application from its rows: gathers the facts, asks `policy/benefit.py`, keeps the Decision."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from policy.benefit import assess
from policy.case_facts import CaseFacts, event_date
from policy.costs import Costs, TreatmentDates
from policy.deadlines import SHANGHAI
from policy.decision import Decision
from policy.disease_tables import names_disease
from policy.identity_number import birth_date, normal
from policy.money import ZERO
from policy.outpatient import period_of
from policy.recomputing import facts_record
from policy.rulebook import Rulebook
from policy.terms import Category, Residence
from policy.treatment import Treatment, TreatmentKind, full_years, normal_code
from store.applications import ApplicationRow
from store.decisions import DecisionRow
from store.disclosure import Cell, Look, disclose
from store.marks import marked_on
from store.people import hold_year
from store.prior_aid import prior_aid_in_year
from store.rulebook import load_rulebook, parameter_record
from store.settlements import one_stop_aid_in_year, settled_one_stop
from store.timeline import record
from store.vault import Vault

READER = "system:assess"


async def assess_application(
    session: AsyncSession, vault: Vault, application: ApplicationRow, now: datetime
) -> DecisionRow:
    """A new decision row by the rules of the event date (BENEFIT_EVENT_DATE), added to the session.

    Who approves it must hold `lock_person`, so that two cases of one person cannot both use the rest of the year's cap.
    Opens what is kept about the illness, and logs that it did.
    """
    rulebook = await load_rulebook(session, application.division, now.astimezone(SHANGHAI).date())
    facts = await _facts(session, vault, application, rulebook, now)
    decision_id: uuid.UUID = (await session.execute(text("select uuidv7()"))).scalar_one()
    row = _row(vault, decision_id, application, assess(rulebook, facts), facts, now)
    session.add(row)
    await session.flush()
    return row


def record_assessment(session: AsyncSession, application: ApplicationRow, decision: DecisionRow, now: datetime) -> None:
    """The entry in the timeline that says what was computed, or what is missing for it."""
    record(
        session,
        subject_id=application.id,
        division=application.division,
        at=now,
        day=now.astimezone(SHANGHAI).date(),
        tag=f"procedure:assessment:{decision.outcome}",
        codes={
            "amount": str(decision.amount) if decision.amount is not None else None,
            "missing": decision.missing,
            "marks": decision.marks,
        },
        grounds=decision.grounds,
    )


async def lock_person(session: AsyncSession, application: ApplicationRow) -> None:
    """Until the transaction ends, no other decision about this person's year is made."""
    await hold_year(session, application.person_id)


async def newest_decision(session: AsyncSession, application: ApplicationRow) -> DecisionRow | None:
    newest = select(DecisionRow).where(DecisionRow.application_id == application.id).order_by(DecisionRow.id.desc())
    return await session.scalar(newest.limit(1))


async def final_decision(session: AsyncSession, application: ApplicationRow) -> DecisionRow | None:
    """The approved one, as long as the approval stands."""
    return await session.scalar(
        select(DecisionRow).where(DecisionRow.application_id == application.id, DecisionRow.final)
    )


def costs_of(row: ApplicationRow) -> Costs:
    return Costs(
        total=row.total,
        compliant_total=row.compliant_total,
        basic=row.basic,
        critical_illness=row.critical_illness,
        supplementary=row.supplementary,
        commercial=row.commercial,
        preferential_subsidy=row.preferential_subsidy,
        mutual_aid=row.mutual_aid,
    )


async def _facts(
    session: AsyncSession, vault: Vault, application: ApplicationRow, rulebook: Rulebook, now: datetime
) -> CaseFacts:
    dates = TreatmentDates(application.admitted_on, application.discharged_on, application.settled_on)
    on = event_date(rulebook, application.submitted_on, dates) or application.settled_on
    paid, base = await _already_this_year(session, application, on.year)
    return CaseFacts(
        on=on,
        categories=await _categories(session, application, rulebook, on),
        costs=costs_of(application),
        residence=Residence(application.residence),
        paid_this_year=paid,
        base_before=base,
        submitted_on=application.submitted_on,
        settled_on=application.settled_on,
        one_stop=application.one_stop
        or await settled_one_stop(session, application.person_id, application.settlement_index),
        treatment=_treatment(session, vault, application, on, now),
        care_aid_before=await _care_aid_before(session, application),
        outpatient_paid=await _outpatient_paid(session, application, rulebook, on),
    )


async def _categories(
    session: AsyncSession, application: ApplicationRow, rulebook: Rulebook, on: date
) -> list[Category]:
    """The category applied for, and every other one that the person is marked with on the event date (B-21)."""
    marked = await marked_on(session, rulebook, application.person_id, on)
    return list(dict.fromkeys((Category(application.category), *marked)))


def _treatment(session: AsyncSession, vault: Vault, application: ApplicationRow, on: date, now: datetime) -> Treatment:
    """The age is only looked up where there is a disease that may be for children only (A-61)."""
    look = Look(READER, "application", application.id, application.division, "application.assess", now)
    medical = _opened(session, vault, look, "medical", application.medical_sealed)
    disease = normal_code(medical.get("disease_code"))
    age = None
    if disease is not None:
        applicant = _opened(session, vault, look, "applicant", application.applicant_sealed)
        born = birth_date(normal(applicant["id_number"]))
        age = full_years(born, on) if born is not None else None
    return Treatment(
        disease_code=disease,
        joint_replacement=bool(medical.get("joint_replacement")),
        late_stage=bool(medical.get("late_stage")),
        age=age,
        kind=TreatmentKind(application.treatment),
        institution_code=normal_code(application.institution_code),
        referred=application.referred,
        in_province=application.in_province,
    )


def _opened(session: AsyncSession, vault: Vault, look: Look, column: str, sealed: bytes) -> dict[str, Any]:
    cell = Cell("application", column, look.subject_id, sealed)
    opened: dict[str, Any] = disclose(session, vault, look, {column: cell})[column]
    return opened


async def _already_this_year(session: AsyncSession, application: ApplicationRow, year: int) -> tuple[Decimal, Decimal]:
    """Aid approved and base used up by the person's other cases of that calendar year, less what was recovered of it, what
    was aided one-stop in it, and what was paid before the system was in use (A-14, A-17; DEDUCT_SCOPE)."""
    found = await session.execute(
        text(
            "select paid, base, recovered_in_year(:person, :year) as recovered from aid_in_year(:person, :year, :but)"
        ),
        {"person": application.person_id, "year": year, "but": application.id},
    )
    row = found.one()
    at_once = await one_stop_aid_in_year(session, application.person_id, year)
    before, base_before = await prior_aid_in_year(session, application.person_id, year)
    return max(ZERO, Decimal(row.paid) - Decimal(row.recovered)) + at_once + before, Decimal(row.base) + base_before


async def _care_aid_before(session: AsyncSession, application: ApplicationRow) -> bool:
    given = await session.scalar(
        text("select care_aid_given(:person, :but)"), {"person": application.person_id, "but": application.id}
    )
    return bool(given)


async def _outpatient_paid(session: AsyncSession, application: ApplicationRow, rulebook: Rulebook, on: date) -> Decimal:
    """Outpatient aid of the period that `on` lies in, by the person's other cases (A-12)."""
    period = period_of(rulebook, on)
    if period is None:
        return Decimal("0.00")
    since, until = period
    paid = await session.scalar(
        text("select outpatient_aid(:person, :since, :until, :but)"),
        {"person": application.person_id, "since": since, "until": until, "but": application.id},
    )
    return Decimal(paid or 0)


def _row(
    vault: Vault,
    decision_id: uuid.UUID,
    application: ApplicationRow,
    decision: Decision,
    facts: CaseFacts,
    now: datetime,
) -> DecisionRow:
    """In clear what says nothing about the illness; all facts and parameters together sealed."""
    parameters = [parameter_record(parameter) for parameter in decision.parameters]
    kept = {"facts": facts_record(facts), "parameters": parameters}
    return DecisionRow(
        id=decision_id,
        application_id=application.id,
        division=application.division,
        outcome=decision.outcome.value,
        amount=decision.amount,
        as_of=decision.as_of,
        category=application.category,
        base=facts.costs.base,
        grounds=list(decision.grounds),
        trace=[
            {"step": line.step, "formula": line.formula, "value": line.value, "clause": line.clause}
            for line in decision.trace
        ],
        facts=decision.facts,
        parameters=[parameter for parameter in parameters if not names_disease(parameter["key"])],
        missing=list(decision.missing),
        marks=list(decision.marks),
        made_at=now,
        final=False,
        in_cap=decision.in_cap,
        in_deductible=decision.in_deductible,
        care_aid=decision.care_aid,
        facts_sealed=vault.seal("decision", "facts", decision_id, kept),
    )
