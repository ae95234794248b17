"""卷宗: the whole case in print, as far as its reader may see it; for the archive, an audit, a reconsideration, a court."""

from dataclasses import dataclass
from datetime import date

from notifications.papers import Paper


@dataclass(frozen=True, repr=False)
class Listing:
    """A table of a section."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    """The share of each column."""

    def __post_init__(self) -> None:
        if any(len(row) != len(self.headings) for row in (*self.rows, self.widths)):
            raise ValueError("a row is as long as its head")


@dataclass(frozen=True, repr=False)
class Section:
    """A part of the case file: facts as label and value, then tables; `empty` is said where it has neither."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    listings: tuple[Listing, ...] = ()
    empty: str = "无"


@dataclass(frozen=True, kw_only=True, repr=False)
class CaseFile(Paper):
    """Drawn for one reader on one day; it is not kept."""

    folder = "case_file"
    title = "医疗救助案件卷宗"

    case_number: str
    division_name: str
    status: str
    cover: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    printed_on: date
    printed_by: str
    """Name and post: each look at a case has somebody who looked."""
    masked: bool
    """Some of the personal data is not shown to this reader."""

    @property
    def day(self) -> date:
        return self.printed_on
