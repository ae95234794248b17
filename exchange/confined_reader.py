"""The confined process itself: takes a file from its standard input, gives its sheets, or what is wrong, as JSON.

Started by `exchange/confined.py`. Its own limits are set before a byte is read: memory, time, and no file may be written.
"""

import json
import resource
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exchange.rows import Sheet

MEMORY = 768 * 1024 * 1024
SECONDS = 60
TOO_MUCH = 3
"""Exit code for a file that needs more memory than allowed."""


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))


def main() -> int:
    from exchange.sheets import read_sheets
    from exchange.troubles import TableTrouble

    limit()
    try:
        sheets = read_sheets(sys.stdin.buffer.read())
        answer: dict[str, Any] = {"sheets": [_told(sheet) for sheet in sheets]}
    except TableTrouble as trouble:
        answer = {"trouble": [trouble.code, trouble.parameters]}
    except MemoryError:
        return TOO_MUCH
    json.dump(answer, sys.stdout, ensure_ascii=True, default=_encoded)
    return 0


def _told(sheet: "Sheet") -> dict[str, Any]:
    rows = [[row.number, list(row.cells)] for row in sheet.rows]
    return {"number": sheet.number, "hidden": sheet.hidden, "name": sheet.name, "rows": rows}


def _encoded(value: Any) -> Any:
    """What JSON has no word for: days and formulas."""
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return {"formula": value.picture}


if __name__ == "__main__":
    sys.exit(main())
