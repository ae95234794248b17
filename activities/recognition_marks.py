"""A recognised person goes back into the register of identities (W06), from the day that the rule of entitlement says."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from policy.entitlement import AdjustmentDates, entitled_from
from policy.rulebook import Rulebook
from policy.terms import Category
from store.disclosure import Cell, Look, disclose
from store.identities import Identity, Marked, Period, mark_recognised
from store.recognitions import RecognitionRow
from store.vault import Vault


async def mark_fed_back(
    session: AsyncSession, vault: Vault, rulebook: Rulebook, row: RecognitionRow, now: datetime
) -> tuple[Marked, tuple[str, ...]]:
    """Marks the person, or says what stands in the way; and the clauses by which the day was found.

    The feedback is the department's list of one: its day is that of the list (C-11), its document the certificate, and the
    decision the adjustment. Raises MissingParameter.
    """
    if row.fed_back_on is None or row.category is None:
        raise ValueError("nobody has been recognised and fed back")
    dates = AdjustmentDates(
        provided_on=row.fed_back_on,
        adjusted_on=row.decided_on,
        certificate_on=row.decided_on,
        source_benefit_from=row.decided_on,
    )
    entitlement = entitled_from(rulebook, dates)
    look = Look("system:recognition", "recognition", row.id, row.division, "recognition.mark", now)
    cell = Cell("recognition", "document", row.id, row.document_sealed)
    document = disclose(session, vault, look, {"document": cell})["document"]
    identity = Identity(
        person=row.person_id,
        division=row.division,
        department=row.screened_by,
        period=Period(Category(row.category), entitlement.day, None),
        provided_on=row.fed_back_on,
        certificate=document["no"] if document else None,
    )
    marked = await mark_recognised(session, vault, identity, row.matter_id, now)
    if marked in (Marked.MARKED, Marked.KNOWN):
        row.entitled_from = entitlement.day
    return marked, entitlement.grounds
