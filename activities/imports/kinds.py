"""The contract of a kind of table that an office hands in: its columns, who may hand it in, and what becomes of a row.

A new kind is one file beside this one and one line in `registry.py`. The file holds a `Kind`, for example:

    async def take(session: AsyncSession, context: Context, row: Row) -> Fate:
        ...

    KIND = Kind(
        code="bank_return",                 # the `kind` of the upload, as other programs send it
        label="银行回盘文件",
        action=Action.UPLOAD_BANK_RETURN,   # which posts may hand it in and read its receipt (`policy/access.py`)
        columns=(Column("serial", "付款流水号", text(), aliases=("流水号",)), ...),
        take=take,
    )

What `take` may rely on, and what it owes:

* Each row is decided once, in a transaction of its own that holds the upload (`for no key update`): what `take` writes
  and the row's fate are committed together. The worker's role sees every county; `take` itself keeps to
  `context.division`.
* `row.values` has a value for every column of the kind, already read by the column's reader (a date, a Decimal, a
  normal ID number, None for an empty cell). A row with an unreadable or missing cell is returned without `take`.
* It answers `ACCEPTED`, `returned(…)` with every reason it knows, or `duplicate(…)`. What it wrote for a row that is not
  accepted is undone by a savepoint. It raises only for what an operator must look at: the upload is then tried again
  from that row on.
* Reasons hold no personal data: they are stored and shown in clear. A reason names its column by `cell`; the row and the
  column's label are put in front of it (第5行 身份证号码：…).
* It may be called for a row that an earlier, killed attempt had begun: nothing of that attempt was committed.
* Locks: the person before a period, an application before its payment; one row at a time, so rows never wait for each
  other in a circle.

`check` runs at the counter, in the eyes of whoever hands the table in, before it is taken in (an unknown batch, say);
`begin` runs once the file has been read, in a transaction of its own before the first row: it sees the table as a
whole (`Batch`: the heads of its sheets, 附件4 beside it, the rows that can be read) and may write what the rows hang
on. What it answers refuses the whole table, in these words; `refused` is then told, and what it writes stays. A
killed attempt repeats it: natural keys. `after` runs once, in the transaction that closes the upload, with the
counts: it may wake what waits for the table. `keep` is told of every row with its fate, also of one that could not be
read (its values are then those that could), in the row's transaction and outside the savepoint: what it writes stays
whatever the fate.
`fields` are asked for beside the file and come to `take` as `context.fields` (kept sealed).

A table may be looked at before it is taken in (`context.preview`): `begin` and `take` are then called as always, for a few
hundred rows at a time, inside a savepoint that is undone; `after` is not called. So a kind needs nothing for it, and
must do nothing outside the session.

A corrected 错误回执 continues the batch of the upload that it came from (`context.batch`, for the first upload its own
id). A row of it says which earlier row it corrects (`row.corrects`): with the same name or the same number, so only its
data were wrong, and the day on which that row was first provided stays (processes 3.11). A row without is new.

An office's form (`exchange/annexes.py`) fills in township, household and head only once: `row.values` has them in every row,
and `row.head` what stands above the table. Township names are read by `activities/imports/townships.py`.
"""

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.asyncio import AsyncSession

from exchange.annexes import Annex
from exchange.certificates import Certificate
from exchange.columns import Column
from exchange.heads import PLAIN, Head
from policy.access import Action
from policy.fields import Field
from policy.problems import Problem
from policy.rulebook import Rulebook
from policy.terms import Department, RowFate
from store.vault import Vault

if TYPE_CHECKING:
    from activities.imports.parts import Part
    from activities.imports.whole import TakeWhole
    from exchange.tables import Tables


@dataclass(frozen=True)
class Context:
    """What a row is decided with: whose table it is, and the day and the rules by which it is judged."""

    upload: uuid.UUID
    kind: str
    division: str
    department: Department
    month: str | None
    """The month that the data belong to, 2026-11; None where the kind has none."""
    fields: Mapping[str, Any]
    rulebook: Rulebook
    vault: Vault
    now: datetime
    today: date
    batch: uuid.UUID
    """The first upload of the batch; `upload` itself unless this one continues another."""
    preview: bool = False
    """Nothing of what is written now will stay."""
    beside: "Mapping[tuple[int, int], tuple[Reason, ...]]" = field(default_factory=dict)
    """By sheet and number of the row: what the rows of the table say together, and holds none of them up."""


@dataclass(frozen=True)
class Correction:
    """The row that a line of a corrected receipt stood for when it was first provided."""

    upload: uuid.UUID
    sheet: int
    number: int
    provided_on: date
    settled: bool = False
    """Settled by the department one by one meanwhile, and standing in the receipt as it was."""


@dataclass(frozen=True)
class Row:
    """One line of the table by its number in the sheet, its values by the names of the columns."""

    number: int
    values: Mapping[str, Any]
    sheet: int = 1
    head: Head = PLAIN
    corrects: Correction | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    """Its cells as they stood there, by the names of the columns; also those that could not be read."""
    confirmed: bool = False
    """The department stands by what was returned to it."""


@dataclass(frozen=True)
class SheetOfBatch:
    number: int
    head: Head
    rows: int


@dataclass(frozen=True)
class Batch:
    """A table as a whole: its sheets, 附件4 beside it if there is one, and the rows whose every cell can be read."""

    sheets: tuple[SheetOfBatch, ...]
    certificate: Certificate | None
    rows: tuple[Row, ...]
    rows_in: int
    """All rows, the unreadable ones among them."""


@dataclass(frozen=True)
class Reason:
    """Why a row was not accepted. `cell` is the name of the column, empty for the row as a whole."""

    code: str
    zh: str
    en: str
    cell: str = ""
    clause: str | None = None


@dataclass(frozen=True)
class Fate:
    outcome: RowFate
    reasons: tuple[Reason, ...] = ()


ACCEPTED = Fate(RowFate.ACCEPTED)


def returned(*reasons: Reason) -> Fate:
    """Goes back to whoever sent it, to be corrected."""
    return Fate(RowFate.RETURNED, reasons)


def duplicate(*reasons: Reason) -> Fate:
    """Known already, with the very same content: nothing to do for anybody."""
    return Fate(RowFate.DUPLICATE, reasons)


@dataclass(frozen=True)
class Counts:
    """`rows` is always the sum of the other three."""

    rows: int = 0
    accepted: int = 0
    returned: int = 0
    duplicate: int = 0


Take = Callable[[AsyncSession, Context, Row], Awaitable[Fate]]
Check = Callable[[AsyncSession, str, Mapping[str, Any]], Awaitable[Sequence[Problem]]]
"""Session, division and the fields beside the file; problems point at the fields."""
Keep = Callable[[AsyncSession, Context, Row, Fate], Awaitable[None]]
Begin = Callable[[AsyncSession, Context, Batch], Awaitable[Sequence[Reason]]]
Refused = Callable[[AsyncSession, Context, Batch, Sequence[Reason]], Awaitable[None]]
Together = Callable[[Batch], Mapping[tuple[int, int], tuple[Reason, ...]]]
After = Callable[[AsyncSession, Context, Counts], Awaitable[None]]


@dataclass(frozen=True)
class Kind:
    code: str
    label: str
    action: Action
    columns: tuple[Column, ...]
    take: Take
    fields: tuple[Field, ...] = ()
    help: tuple[str, ...] = ()
    """Sentences for the help sheet of the template, besides what the columns say themselves."""
    check: Check | None = None
    after: After | None = None
    begin: Begin | None = None
    keep: Keep | None = None
    refused: Refused | None = None
    together: Together | None = None
    """Of a table that is complete in itself, not of a corrected receipt."""
    about: str = ""
    """What it is for, in one sentence: stands above its form."""
    version: int = 1
    """Of its template; a change of the columns is a new version, and older templates are then refused by name."""
    annex: Annex | None = None
    """The official form whose layout its template has; its columns are the kind's."""
    several_sheets: bool = False
    """One sheet per category, say; otherwise a second filled sheet is refused."""
    parts: "Callable[[Context, Tables], Sequence[Part]] | None" = None
    """Of a first table, which lists of different categories its sheets are; a part is then an upload of its own."""
    whole: "TakeWhole | None" = None
    """Takes the table as a whole instead of row by row (`whole.py`); `take` then decides rows that were returned and have been
    corrected one by one, and reads their cells itself (`row.typed`)."""
    goes_back: bool = False
    """Its returned rows open a matter of the department that handed it in (W11, `returning.py`)."""
