"""集中复核汇总表 (W08, J-14 … J-17): what was newly confirmed in a month, what the review left out, and who signs for it.

Numbers, days and the names of those who signed; nobody who is aided.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from notifications.papers import Paper


@dataclass(frozen=True, repr=False)
class ReviewPart:
    """One department's part. `counts`: added, exited, changed; `left_out`: duplicates, false records, identities in doubt;
    empty before the bureau has compared them. `remark`: how late it was, or that it was not awaited.
    """

    office: str
    counts: tuple[int, ...]
    checked: str
    returned_on: date | None
    kept: tuple[int, ...]
    left_out: tuple[int, ...]
    remark: str


@dataclass(frozen=True, repr=False)
class ReviewSignature:
    """Who answers for what; `name` and `on` stay empty until it is done, and the line is signed by hand all the same."""

    office: str
    what: str
    name: str
    on: date | None


@dataclass(frozen=True, kw_only=True, repr=False)
class ReviewSummaryPaper(Paper):
    folder = "review_summary"
    title = "医疗救助对象信息集中复核汇总表"

    heading: str
    """Whose month: 嘉祥县2026年10月."""
    facts: tuple[tuple[str, str], ...]
    parts: tuple[ReviewPart, ...]
    """The last one is the total."""
    signatures: tuple[ReviewSignature, ...]
    unit: str
    made_on: date

    @property
    def day(self) -> date:
        return self.made_on


def with_total(parts: Sequence[ReviewPart]) -> tuple[ReviewPart, ...]:
    """And a last line for all departments; without what none of them has yet."""
    total = ReviewPart(
        office="合计",
        counts=_sums([part.counts for part in parts]),
        checked="",
        returned_on=None,
        kept=_sums([part.kept for part in parts]),
        left_out=_sums([part.left_out for part in parts]),
        remark="",
    )
    return (*parts, total)


def _sums(columns: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*(known for known in columns if known), strict=True)))
