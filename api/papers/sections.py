"""How a part of a case file is put together: facts that are known, tables that have rows, files by their checksum."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.pages.wording import Wording
from api.texts import CHINESE
from notifications.case_file import Listing, Section

NOTHING = "—"
SAID = Wording(CHINESE)
Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class KeptFile:
    sha256: str
    kept_at: datetime


@dataclass(frozen=True)
class Stored:
    """What the file tells beyond the case as it stands today: everything that was decided, and what proves the files."""

    files: Mapping[str, KeptFile]
    """Those that this reader may open, by id."""
    decisions: Sequence[Mapping[str, Any]]
    refusals: Sequence[Mapping[str, Any]]

    def kept(self, file: str | None) -> tuple[str, str]:
        """When the file was kept, and its checksum; dashes for one that this reader may not open."""
        known = self.files.get(file) if file else None
        return (SAID.moment(known.kept_at), known.sha256) if known else (NOTHING, NOTHING)


def facts(*known: tuple[str, str | None]) -> Facts:
    """Without those that nobody knows."""
    return tuple((name, words) for name, words in known if words)


def table(title: str, headings: tuple[str, ...], rows: tuple[tuple[str, ...], ...], widths: tuple[int, ...]) -> Section:
    return Section(title, listings=(Listing(headings, rows, widths),) if rows else ())


def yes_or_no(fact: bool | None) -> str | None:
    return None if fact is None else "是" if fact else "否"
