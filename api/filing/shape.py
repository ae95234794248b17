"""The shape of a new application as it is sent (design/api.md): types only. What must hold besides: `api/filing/checks.py`."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from policy.terms import Category, DocumentKind, PayeeKind, Residence
from policy.treatment import TreatmentKind


def _text_only(value: Any) -> Any:
    """Money travels as text: a JSON number has been a float on its way."""
    if not isinstance(value, str | Decimal):
        raise PydanticCustomError("money", "money is text")
    return value.strip() if isinstance(value, str) else value


def _day(value: Any) -> Any:
    """A day as YYYY-MM-DD; neither a moment nor a number of seconds."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise PydanticCustomError("date", "a day") from None


Money = Annotated[Decimal, BeforeValidator(_text_only), Field(ge=0, max_digits=14, decimal_places=2)]
Day = Annotated[date, BeforeValidator(_day)]
Line = Annotated[str, Field(min_length=1, max_length=100)]
Text = Annotated[str, Field(max_length=4000)]
Code = Annotated[str, Field(max_length=40)]
ZERO = Decimal("0.00")


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


class Member(Part):
    """A member of the household."""

    name: Line
    id_number: Line
    relation: Annotated[str, Field(max_length=40)] = ""


class Applicant(Part):
    name: Line
    id_number: Line
    phone: Code = ""
    address: Annotated[str, Field(max_length=200)] = ""
    residence: Residence
    registered_in: Code = ""
    """户籍地; the township itself when left out."""
    recognised_in: Code | None = None
    insured_in: Code | None = None
    household: Annotated[list[Member], Field(max_length=30)] = []


class CostStatement(Part):
    total: Money
    compliant_total: Money
    basic: Money = ZERO
    critical_illness: Money = ZERO
    supplementary: Money = ZERO
    commercial: Money = ZERO
    preferential_subsidy: Money = ZERO
    mutual_aid: Money = ZERO
    disease_code: Code | None = None
    institution_code: Code | None = None
    settlement_no: Annotated[str, Field(min_length=1, max_length=60)]
    admitted_on: Day
    discharged_on: Day
    settled_on: Day
    out_of_region: bool = False
    filing_no: Code | None = None
    referral_no: Code | None = None
    one_stop: bool = False
    treatment: TreatmentKind = TreatmentKind.INPATIENT
    joint_replacement: bool = False
    """关节置换手术: two of the 26 diseases are paid by disease for it only (A-61)."""
    late_stage: bool = False
    """病情处于晚期: asks for care aid as well (A-26)."""
    referred: bool = False
    in_province: bool = False
    """Properly referred, and treated within the province: both for the tilt (B-20)."""


class Payee(Part):
    kind: PayeeKind
    name: Line
    account: Annotated[str, Field(min_length=4, max_length=40)]
    bank: Annotated[str, Field(max_length=100)] = ""


class Paper(Part):
    """One of the applicant's papers: an uploaded file, or `pending` when it is to follow."""

    kind: DocumentKind
    file: uuid.UUID | None = None
    pending: bool = False
    no: Code | None = None
    date: Day | None = None


class Filing(Part):
    """A new application."""

    division: Code
    category: Category
    applicant: Applicant
    costs: CostStatement
    payee: Payee
    documents: Annotated[list[Paper], Field(max_length=60)] = []
    submitted_on: Day | None = None
    paper_reason: Text | None = None
