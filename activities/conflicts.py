"""Conflicts of rules (AMB-1): a nearer document gives more time than a farther one still in force.

The stricter date drives the period; both documents are shown, and who supervises is told once by a finding.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from policy.supervision import FindingKind
from store.findings import open_finding
from store.tasks import PeriodRow

SHOWN = ("division", "value", "unit", "document", "clause", "effective_from")


async def note_conflict(session: AsyncSession, period: PeriodRow, now: datetime) -> None:
    """A finding about the period's timer where its rules contradict each other; nothing where they do not."""
    if not period.basis.get("conflict"):
        return
    rules = [period.basis["rule"], *period.basis["also"]]
    await open_finding(
        session,
        FindingKind.CONFLICT_OF_RULES,
        period.division,
        period.month or period.counted_from,
        None,
        {"key": period.key, "rules": [_shown(rule) for rule in rules]},
        [rule["clause"] or rule["document"] for rule in rules],
        now,
        about=period.key,
    )


def _shown(rule: dict[str, Any]) -> dict[str, Any]:
    return {name: rule[name] for name in SHOWN}
