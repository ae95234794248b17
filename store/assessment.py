"""Assesses an application from its rows: gathers the facts, asks `policy/benefit.py`, keeps the Decision."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from policy.benefit import assess
from policy.case_facts import CaseFacts, event_date
from policy.costs import Costs, TreatmentDates
from policy.deadlines import SHANGHAI
from policy.decision import Decision
from policy.rulebook import Rulebook
from policy.terms import Category, Residence
from store.applications import ApplicationRow
from store.decisions import DecisionRow
from store.rulebook import load_rulebook, parameter_record
from store.timeline import record


async def assess_application(session: AsyncSession, application: ApplicationRow, now: datetime) -> DecisionRow:
    """A new decision row by the rules of the event date (BENEFIT_EVENT_DATE), added to the session.

    Who approves it must hold `lock_person`, so that two cases of one person cannot both use the rest of the year's cap.
    """
    rulebook = await load_rulebook(session, application.division, now.astimezone(SHANGHAI).date())
    facts = await _facts(session, application, rulebook)
    row = _row(application, assess(rulebook, facts), facts, now)
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
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(application.person_id), 0))))


async def newest_decision(session: AsyncSession, application: ApplicationRow) -> DecisionRow | None:
    newest = select(DecisionRow).where(DecisionRow.application_id == application.id).order_by(DecisionRow.id.desc())
    return await session.scalar(newest.limit(1))


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


async def _facts(session: AsyncSession, application: ApplicationRow, rulebook: Rulebook) -> CaseFacts:
    dates = TreatmentDates(application.admitted_on, application.discharged_on, application.settled_on)
    on = event_date(rulebook, application.submitted_on, dates) or application.settled_on
    paid, base = await _already_this_year(session, application, on.year)
    return CaseFacts(
        on=on,
        categories=[Category(application.category)],
        costs=costs_of(application),
        residence=Residence(application.residence),
        paid_this_year=paid,
        base_before=base,
        submitted_on=application.submitted_on,
        settled_on=application.settled_on,
        one_stop=application.one_stop,
    )


async def _already_this_year(session: AsyncSession, application: ApplicationRow, year: int) -> tuple[Decimal, Decimal]:
    """Aid approved and base used up by the person's other cases of that calendar year (A-14, A-17; DEDUCT_SCOPE)."""
    found = await session.execute(
        text("select paid, base from aid_in_year(:person, :year, :but)"),
        {"person": application.person_id, "year": year, "but": application.id},
    )
    row = found.one()
    return Decimal(row.paid), Decimal(row.base)


def _row(application: ApplicationRow, decision: Decision, facts: CaseFacts, now: datetime) -> DecisionRow:
    return DecisionRow(
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
        parameters=[parameter_record(parameter) for parameter in decision.parameters],
        missing=list(decision.missing),
        marks=list(decision.marks),
        made_at=now,
        final=False,
    )
