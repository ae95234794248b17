"""What a task looks like to a reader, the same for programs and pages. Cases: `api/case_view.py`."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from policy.deadlines import SHANGHAI
from policy.fields import fields_schema
from policy.parameters import label as parameter_label
from policy.rulebook import Rulebook
from policy.step import Outcome
from policy.step_clause import clause_of_step
from policy.steps import step
from policy.suspension import categories, stands_too_long
from store.timekeeping import Timekeeping


def plain(value: Any) -> Any:
    """As JSON has it: moments RFC 3339 with +08:00, days YYYY-MM-DD, money as text with two places."""
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    return value


def json_object(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in values.items()}


def task_view(row: Mapping[str, Any], time: Timekeeping) -> dict[str, Any]:
    """A task as api.md has it, out of a row of `store/lists.py`."""
    division, target = row["division"], row["work_target"]
    rulebook, asked = time.rulebook(division), step(row["kind"])
    done = row["state"] != "open"
    return json_object(
        {
            "id": row["id"],
            "kind": row["kind"],
            "title": title(row["kind"], row["detail"]),
            "clause": clause_of_step(rulebook, asked, time.today),
            "state": row["state"],
            "subject": {"type": row["subject_type"], "id": row["subject_id"], "number": row["number"]},
            "category": row["category"],
            "office": {"division": row["office"], "department": row["department"], "role": row["role"]},
            "assignee": row["assignee"],
            "assignee_name": row["assignee_name"],
            "opened_at": row["opened_at"],
            "not_before": row["not_before"],
            "detail": row["detail"],
            "due": {
                "nominal": row["nominal"],
                "work_target": target,
                "late_after": row["late_after"],
                "working_days_left": None if done else time.working_days_left(division, target),
                "basis": row["basis"],
                "version": row["deadline_version"],
            },
            "suspension": _suspension(row, time),
            "light": "green" if done else time.light(division, target, row["late_after"]).value,
            "answer": _answer(row),
            "days_late": row["days_late"],
            "closed_reason": row["closed_reason"],
            "outcomes": outcomes_view(asked.outcomes, rulebook),
        }
    )


def title(kind: str, detail: Mapping[str, Any] | None = None) -> str:
    """受理审查; a missing parameter names what is missing."""
    label, key = step(kind).label, (detail or {}).get("key")
    return f"{label}：{parameter_label(key)}" if key else label


def outcomes_view(outcomes: Iterable[Outcome], rulebook: Rulebook) -> list[dict[str, Any]]:
    return [_outcome_view(outcome, rulebook) for outcome in outcomes]


def _outcome_view(outcome: Outcome, rulebook: Rulebook) -> dict[str, Any]:
    """Its clause and those of its fields as they are called in the place."""
    here = rulebook.clause_here
    fields = [replace(field, clause=here(field.clause) if field.clause else None) for field in outcome.fields]
    return {
        "name": outcome.name,
        "label": outcome.label,
        "later": outcome.later,
        "clause": here(outcome.clause) if outcome.clause else None,
        "fields": [field.schema() for field in fields],
        "schema": fields_schema(fields),
    }


def _answer(row: Mapping[str, Any]) -> dict[str, Any] | None:
    if row["outcome"] is None:
        return None
    chosen = step(row["kind"]).outcome(row["outcome"])
    return {
        "outcome": row["outcome"],
        "label": chosen.label if chosen else row["outcome"],
        "by": row["answered_by"],
        "by_name": row["answered_by_name"],
        "at": row["answered_at"],
        "done_on": row["done_on"],
        "acknowledged": row["acknowledged_at"] is not None,
        "acted_for": row["acted_for"],
        "acted_for_name": row["acted_for_name"],
    }


def _suspension(row: Mapping[str, Any], time: Timekeeping) -> dict[str, Any] | None:
    """While the clock stands still (中止): why, since when, and whether so long that a supervisor is to look."""
    if row["suspended_on"] is None or row["state"] != "open":
        return None
    rulebook = time.rulebook(row["division"])
    category = row["suspension_category"]
    return {
        "category": category,
        "label": categories(rulebook, time.today).get(category, category),
        "since": row["suspended_on"],
        "long": stands_too_long(rulebook, row["suspended_on"], time.today),
    }
