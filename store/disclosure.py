"""The one function that opens personal data for showing, and writes down that it did (architecture decision 14)."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from store.accounts import AccessLogRow
from store.vault import Vault


@dataclass(frozen=True)
class Cell:
    """A sealed cell: where it stands and what is in it."""

    table: str
    column: str
    row: object
    sealed: bytes | None


@dataclass(frozen=True)
class Look:
    """Who looks at whose data, when and what for. `reader` is the account's id, or `system:<activity>`.

    `purpose` is a code; `words` is what the reader typed about it, and is kept sealed.
    """

    reader: str
    subject_type: str
    subject_id: uuid.UUID
    division: str
    purpose: str
    at: datetime
    words: str | None = None


def disclose(session: AsyncSession, vault: Vault, look: Look, cells: Mapping[str, Cell]) -> dict[str, Any]:
    """The content of the cells by name (None for an empty one), one log entry for all in the caller's transaction.

    Masking comes after: what is shown masked was opened all the same, and is logged. Raises SealBroken.
    """
    sealed = {name: cell for name, cell in cells.items() if cell.sealed is not None}
    opened: dict[str, Any] = dict.fromkeys(cells)
    for name, cell in sealed.items():
        assert cell.sealed is not None
        opened[name] = vault.open(cell.table, cell.column, cell.row, cell.sealed)
    if sealed:
        words = vault.seal("access_log", "words", look.subject_id, look.words) if look.words else None
        log_look(session, look, sorted(sealed), words)
    return opened


def disclose_all(
    session: AsyncSession, vault: Vault, look: Look, fields: Sequence[str], cells: Iterable[Cell]
) -> list[Any]:
    """The contents of many cells of one kind, in their order, with one log entry. Raises SealBroken."""
    log_look(session, look, sorted(fields))
    return [vault.open(cell.table, cell.column, cell.row, cell.sealed) for cell in cells if cell.sealed is not None]


def log_look(session: AsyncSession, look: Look, fields: list[str], words_sealed: bytes | None = None) -> None:
    """The entry by itself, for what is no cell: a file, a search by blind index."""
    session.add(
        AccessLogRow(
            at=look.at,
            reader=look.reader,
            division=look.division,
            subject_type=look.subject_type,
            subject_id=look.subject_id,
            fields=fields,
            purpose=look.purpose,
            words_sealed=words_sealed,
        )
    )
