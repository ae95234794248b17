"""The hidden page of our own sheets: which template in which version, and for a 错误回执 the batch that it continues."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from exchange.rows import Sheet
from exchange.troubles import TableTrouble
from exchange.workbook import Book

_FIRST = "救助报送表识别页"
_SHEET = "识别"


@dataclass(frozen=True)
class Mark:
    """`version` grows with every change of a kind's columns. `batch`: the first upload of the batch."""

    kind: str
    version: int
    batch: uuid.UUID | None = None


def write_mark(book: Book, mark: Mark) -> None:
    """On a page that spreadsheet programs do not even offer to show."""
    page = book.sheet(_SHEET)
    for place, word in enumerate((_FIRST, mark.kind, str(mark.version), str(mark.batch or ""))):
        page.write_string(0, place, word, book.text)
    page.write_string(1, 0, "本页供系统识别表格，请勿改动。", book.text)
    page.very_hidden()


def is_mark(sheet: Sheet) -> bool:
    return bool(sheet.rows) and sheet.rows[0].cell(0) == _FIRST


def mark_of(sheets: Sequence[Sheet]) -> Mark | None:
    """What the hidden page says; None for a table that is not made with one of ours, or whose page was spoilt."""
    page = next((sheet.rows[0] for sheet in sheets if is_mark(sheet)), None)
    if page is None:
        return None
    kind, version, batch = (str(page.cell(place) or "") for place in (1, 2, 3))
    try:
        return Mark(kind, int(version), uuid.UUID(batch) if batch else None)
    except ValueError:
        return None


def check_mark(mark: Mark | None, kind: str, version: int) -> None:
    """Raises TableTrouble for the template of another kind, and for one of an older version."""
    if mark is None:
        return
    if mark.kind != kind:
        raise TableTrouble("other-template")
    if mark.version < version:
        raise TableTrouble("old-template", version=mark.version, current=version)
