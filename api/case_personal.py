"""What of a case is personal, as a reader may see it: masked by role, and every opening logged."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.identity import CurrentUser
from api.services import Services
from policy.access import Action, PersonalView, may
from policy.masking import mask_account, mask_id_number, mask_name, mask_phone
from policy.terms import DocumentKind, PayeeKind, Residence
from store.applications import ApplicationRow, PaperRow
from store.disclosure import Cell, Look, disclose

MONEY = (
    "total",
    "compliant_total",
    "basic",
    "critical_illness",
    "supplementary",
    "commercial",
    "preferential_subsidy",
    "mutual_aid",
)
_WHOLE_PAYEE = (PersonalView.FULL, PersonalView.PAYEE)
TREATMENT = (
    "institution_code",
    "admitted_on",
    "discharged_on",
    "settled_on",
    "out_of_region",
    "one_stop",
    "treatment",
    "referred",
    "in_province",
)
ILLNESS = ("disease_code", "joint_replacement", "late_stage", "settlement_no", "filing_no", "referral_no")


def case_look(services: Services, user: CurrentUser, row: ApplicationRow, purpose: str) -> Look:
    return Look(str(user.id), "application", row.id, row.division, purpose, services.clock.now())


def open_case(
    services: Services, session: AsyncSession, user: CurrentUser, row: ApplicationRow, purpose: str
) -> dict[str, Any]:
    """Only the cells that this view shows at all: finance sees no medical data, masked readers no illness."""
    cells = {}
    if not user.view.identity_only:
        cells["payee"] = Cell("application", "payee", row.id, row.payee_sealed)
    if not user.view.payment_only:
        cells["applicant"] = Cell("application", "applicant", row.id, row.applicant_sealed)
    if user.view is PersonalView.FULL:
        cells["medical"] = Cell("application", "medical", row.id, row.medical_sealed)
        cells["paper_reason"] = Cell("application", "paper_reason", row.id, row.paper_reason_sealed)
    return disclose(session, services.vault, case_look(services, user, row, purpose), cells)


def personal_view(user: CurrentUser, row: ApplicationRow, opened: Mapping[str, Any]) -> dict[str, Any]:
    full = user.view is PersonalView.FULL
    if user.view.identity_only:
        return {
            "masked": False,
            "view": user.view.value,
            "payee": None,
            "costs": None,
            "applicant": _who(row, opened["applicant"], ("name", "id_number", "household")),
        }
    payee = {
        "kind": row.payee_kind,
        "kind_label": PayeeKind(row.payee_kind).label,
        **(opened["payee"] if user.view in _WHOLE_PAYEE else _masked_payee(row, opened["payee"])),
    }
    shown: dict[str, Any] = {"masked": not full, "view": user.view.value, "payee": payee}
    if user.view.payment_only:
        return {**shown, "applicant": None, "costs": None}
    applicant = opened["applicant"] if full else _masked_applicant(opened["applicant"])
    medical = dict.fromkeys(ILLNESS) | (opened["medical"] if full else {})
    return {
        **shown,
        "applicant": _who(row, applicant, tuple(applicant)),
        "costs": {name: getattr(row, name) for name in (*MONEY, *TREATMENT)} | medical,
        "paper_reason": opened.get("paper_reason"),
    }


def _who(row: ApplicationRow, applicant: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    return {
        **{name: applicant[name] for name in fields},
        "residence": row.residence,
        "residence_label": Residence(row.residence).label,
        "registered_in": row.registered_in,
        "recognised_in": row.recognised_in,
        "insured_in": row.insured_in,
    }


def _masked_applicant(applicant: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": mask_name(applicant["name"]),
        "id_number": mask_id_number(applicant["id_number"]),
        "phone": mask_phone(applicant["phone"]),
        "address": None,
        "household": [
            {
                "name": mask_name(member["name"]),
                "id_number": mask_id_number(member["id_number"]),
                "relation": member["relation"],
            }
            for member in applicant["household"]
        ],
    }


def _masked_payee(row: ApplicationRow, payee: Mapping[str, Any]) -> dict[str, Any]:
    """A hospital's name is no personal data; a person's is."""
    name = mask_name(payee["name"]) if row.payee_kind == PayeeKind.PERSON else payee["name"]
    return {"name": name, "account": mask_account(payee["account"]), "bank": payee["bank"]}


async def documents_view(
    services: Services, session: AsyncSession, user: CurrentUser, row: ApplicationRow, purpose: str
) -> list[dict[str, Any]]:
    """The applicant's papers; none for finance. Who may read files also sees the recognition's number."""
    if user.view.payment_only or user.view.identity_only:
        return []
    reads = may(user.post, Action.READ_FILE)
    rows = await session.scalars(select(PaperRow).where(PaperRow.application_id == row.id).order_by(PaperRow.id))
    papers = rows.all()
    cells = {
        f"{paper.id}": Cell("application_paper", "reference", paper.id, paper.reference_sealed)
        for paper in papers
        if reads and paper.reference_sealed
    }
    numbers = disclose(session, services.vault, case_look(services, user, row, purpose), cells) if cells else {}
    return [
        {
            "kind": paper.kind,
            "label": DocumentKind(paper.kind).label,
            "state": paper.state,
            "file": paper.file_id if reads else None,
            "no": (numbers.get(str(paper.id)) or {}).get("no"),
            "date": paper.dated,
            "received_on": paper.received_on,
        }
        for paper in papers
    ]
