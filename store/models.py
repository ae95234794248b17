"""All tables, imported once so that the metadata is whole (migrations, tests)."""

from store import (
    accounts,
    applications,
    decisions,
    files,
    notices,
    outbox,
    payments,
    people,
    reference,
    tasks,
    timeline,
)
from store.base import Base

__all__ = [
    "Base",
    "accounts",
    "applications",
    "decisions",
    "files",
    "notices",
    "outbox",
    "payments",
    "people",
    "reference",
    "tasks",
    "timeline",
]
