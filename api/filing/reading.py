"""Reads what was sent so that every wrong thing is reported at once: what is well formed is still checked further."""

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from api.filing.shape import Applicant, CostStatement, Filing, Member, Paper, Part, Payee
from api.wrong_shape import FILING_LABELS, shape_problem
from policy.problems import Problem


@dataclass(frozen=True)
class Reading:
    """`filing` when the shape is right as a whole; the parts hold every value that is right by itself."""

    filing: Filing | None
    top: dict[str, Any]
    applicant: dict[str, Any]
    household: list[dict[str, Any]]
    costs: dict[str, Any]
    payee: dict[str, Any]
    documents: list[dict[str, Any]]
    problems: list[Problem]


def read_filing(raw: Any) -> Reading:
    problems: list[Problem] = []
    filing: Filing | None = None
    try:
        filing = Filing.model_validate(raw)
    except ValidationError as error:
        problems = [
            shape_problem(found["type"], found["loc"], found.get("ctx"), labels=FILING_LABELS)
            for found in error.errors()
        ]
    whole = raw if isinstance(raw, dict) else {}
    applicant = _mapping(whole.get("applicant"))
    return Reading(
        filing,
        well_formed(Filing, whole),
        well_formed(Applicant, applicant),
        [well_formed(Member, _mapping(member)) for member in _items(applicant.get("household"))],
        well_formed(CostStatement, _mapping(whole.get("costs"))),
        well_formed(Payee, _mapping(whole.get("payee"))),
        [well_formed(Paper, _mapping(paper)) for paper in _items(whole.get("documents"))],
        problems,
    )


def well_formed(part: type[Part], raw: dict[str, Any]) -> dict[str, Any]:
    """The values that are right by themselves, defaults included."""
    values: dict[str, Any] = {}
    for name, field in part.model_fields.items():
        if name not in raw:
            if not field.is_required():
                values[name] = field.get_default(call_default_factory=True)
            continue
        try:
            values[name] = _adapter(part, name).validate_python(raw[name])
        except ValidationError:
            continue
    return values


@cache
def _adapter(part: type[Part], name: str) -> TypeAdapter[Any]:
    """One field by itself, with all that is declared about it."""
    field = part.model_fields[name]
    declared: Any = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    return TypeAdapter(declared)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
