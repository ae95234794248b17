"""By what a roster is judged, and what it brings: the words between whoever asks and the confined process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from exchange.marks import Mark


@dataclass(frozen=True)
class Terms:
    """By what a roster is judged: all of it codes and names of places, nothing personal."""

    today: date
    categories: Mapping[str, str]
    """The code of each category by every name that lists use, small and large letters alike."""
    own: frozenset[str]
    """The categories that this department provides."""
    townships: frozenset[str] = field(default_factory=frozenset)
    """The names of the county's townships, with and without 镇, 乡 and 街道; none: they are not checked."""


class Start(NamedTuple):
    """Whoever comes: the row, and from when they are entitled if the roster says so."""

    row: int
    id_number: str
    name: str
    category: str
    since: str | None = None


class End(NamedTuple):
    id_number: str
    category: str


@dataclass(frozen=True)
class Reconciled:
    """What a roster brings. `rows` = accepted + returned + duplicates; row numbers as the office sees them.

    `returned` and `suspected`: the reasons by row, as bits (`reasons.py`). `force`: those in force afterwards, as Parquet;
    to be sealed before it is kept. `listed_on`: the day that stands above or below 附件2; `mark`: what the
    hidden page of our own sheets says.
    """

    rows: int
    listed_on: date | None
    sheet: int
    mark: Mark | None
    returned: dict[int, int]
    duplicates: list[int]
    suspected: dict[int, int]
    origins: dict[int, str]
    """Of a corrected receipt: what each row says of where it came from."""
    starts: list[Start]
    ends: list[End]
    before: int
    unchanged: int
    updated: int
    held: int
    changed: int
    after: int
    by_category: dict[str, int]
    """How many accepted rows each category has."""
    cells: dict[int, dict[str, str]]
    """What stood in the rows that were returned, or that stand for an earlier one, by the names of the columns."""
    ticked: str | None
    """The category whose box is ticked above the table, in the form's words: it counts for rows that say nothing."""
    force: bytes = field(repr=False)

    @property
    def accepted(self) -> int:
        return self.rows - len(self.returned) - len(self.duplicates)
