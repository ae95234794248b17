"""Rows in JSON become the same table that an office would have sent as a file, so that the same checks hold for both."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.datastructures import Headers, UploadFile

from activities.imports.kinds import Kind
from api.errors import wrong_fields
from exchange.columns import Column, plain_header
from policy.problems import Problem

FILE = "interface.csv"
MOST_ROWS = 5_000
"""Of one request, which may be a megabyte; a longer list comes as a file, in one piece."""
SHOWN_PROBLEMS = 20


def table_of(kind: Kind, rows: Sequence[Mapping[str, Any]]) -> UploadFile:
    """The rows under the kind's own headers, as a file. Raises Refusal 422 for names that are no columns of it."""
    _check(kind, rows)
    written = io.StringIO(newline="")
    lines = csv.writer(written)
    lines.writerow(headers_of(kind.columns))
    for row in rows:
        if _spaced(kind):
            lines.writerow([])
        lines.writerow([_text(row.get(column.name)) for column in kind.columns])
    content = b"\xef\xbb\xbf" + written.getvalue().encode()
    return UploadFile(io.BytesIO(content), size=len(content), filename=FILE, headers=Headers({}))


def index_of(kind: Kind, line: int) -> int:
    """The place of a row in what was sent, counted from 0, by the number of its line in the table."""
    return (line - 3) // 2 if _spaced(kind) else line - 2


def headers_of(columns: Sequence[Column]) -> list[str]:
    """A name of each column that no other one is called by: 附件3 calls two of them 身份证号码."""
    return [_own_name(column, [other for other in columns if other is not column]) for column in columns]


def _own_name(column: Column, others: Sequence[Column]) -> str:
    names = (column.label, *column.aliases)
    taken = {plain_header(name) for other in others for name in (other.label, *other.aliases)}
    return next((name for name in names if plain_header(name) not in taken), column.label)


def _spaced(kind: Kind) -> bool:
    """Where a blank cell would be filled in from the line above, a blank line keeps the rows apart: each speaks for itself."""
    return kind.whole is None and any(column.carried_with for column in kind.columns)


def _check(kind: Kind, rows: Sequence[Mapping[str, Any]]) -> None:
    known = {column.name for column in kind.columns}
    if not rows or len(rows) > MOST_ROWS:
        zh = f"应有1至{MOST_ROWS}行；本月无变动请办理“无变动”"
        raise wrong_fields([Problem("/rows", zh, f"must hold 1 to {MOST_ROWS} rows")])
    wrong = [(place, name) for place, row in enumerate(rows) for name in row if name not in known]
    if wrong:
        zh, en = f"没有这一列，只有：{'、'.join(sorted(known))}", f"is no column; there are: {', '.join(sorted(known))}"
        raise wrong_fields([Problem(f"/rows/{place}/{name}", zh, en) for place, name in wrong[:SHOWN_PROBLEMS]])


def _text(value: Any) -> str:
    """As it would stand in a cell; a line break would end the line for readers that split it."""
    if value is None:
        return ""
    return " ".join(str(value).split("\n")).replace("\r", " ")
