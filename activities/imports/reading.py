"""A file as it is read for its kind: the tables, our own mark in it, and what stands above the tables, to be kept."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from activities.imports.kinds import Kind
from exchange.confined import sheets_of
from exchange.marks import Mark, check_mark, is_mark, mark_of
from exchange.tables import Tables, find_tables


@dataclass(frozen=True)
class Read:
    tables: Tables
    mark: Mark | None


async def read_file(kind: Kind, content: bytes, only: Sequence[int] | None = None) -> Read:
    """`only`: the numbers of the sheets that are read, for a part of a workbook. Raises TableTrouble for what is no such
    table, or is the template of another kind or an older version.
    """
    sheets = await sheets_of(content)
    mark = mark_of(sheets)
    check_mark(mark, kind.code, kind.version)
    own = [sheet for sheet in sheets if not is_mark(sheet) and (only is None or sheet.number in only)]
    return Read(find_tables(own, kind.columns, kind.several_sheets), mark)


def facts_of(tables: Tables) -> dict[str, Any]:
    """What was read above the tables and passed over, in JSON: shown before the table is taken in."""
    certificate = tables.certificate
    return {
        "sheets": [
            {
                "number": table.sheet,
                "rows": len(table.rows),
                "passed_over": list(table.passed_over),
                **_plain(asdict(table.head)),
            }
            for table in tables.sheets
        ],
        "certificate": None if certificate is None else _plain(asdict(certificate)),
        "left_out": [asdict(sheet) for sheet in tables.left_out],
    }


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in facts.items()}
