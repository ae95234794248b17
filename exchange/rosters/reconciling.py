"""A roster from its file to what it changes: pure, bytes in and a Reconciled out; runs in the confined process."""

from collections.abc import Collection, Mapping, Sequence

import polars as pl

from exchange.containers import Container, container_of
from exchange.rosters.checks import KEY, MASK, checked, number_of
from exchange.rosters.columns import COLUMNS
from exchange.rosters.comparing import Compared, compare, near_to, numbered
from exchange.rosters.delimited import Text, read_delimited
from exchange.rosters.households import miscounted
from exchange.rosters.lines import NONE, recognise_lines
from exchange.rosters.raw import AS_NUMBER, CORRECTS, FORMULA, LINE, ROW, Raw
from exchange.rosters.reasons import bit
from exchange.rosters.recognising import recognise, typed_keys
from exchange.rosters.roster import End, Reconciled, Start, Terms
from exchange.rosters.snapshot import IN_FORCE, packed, snapshot_of
from exchange.rosters.workbook import Cells, read_workbook
from exchange.troubles import TableTrouble

_NAMES = tuple(column.name for column in COLUMNS)
HELD = (KEY, "category")
"""One row in force."""


def read(content: bytes) -> Raw:
    """The roster as it was typed. Raises TableTrouble."""
    found = _read(content)
    return found.read(found.lines) if isinstance(found, Text | Cells) else found


def _read(content: bytes) -> Text | Cells | Raw:
    container = container_of(content)
    found = read_delimited(content) if container is Container.CSV else read_workbook(content, container)
    head = found.found.head if isinstance(found, Text | Cells) else found.head
    if len(head.ticked) > 1:
        raise TableTrouble("several-ticks")
    return found


def reconcile(content: bytes, force: bytes | None, terms: Terms, *, whole: bool = True) -> Reconciled:
    """Reads the roster, checks every row and compares it with those in force (Parquet; None: nobody). Raises TableTrouble.

    A corrected receipt of ours is never whole: whoever is not on it stays.
    """
    kept = snapshot_of(force)
    before = numbered(kept.people)
    found = _read(content)
    lines, roster = recognise_lines(found, before, terms) if isinstance(found, Text | Cells) else (NONE, found)
    if lines.is_empty() and roster.frame.is_empty():
        raise TableTrouble("no-rows")
    all_listed = whole and not (roster.mark is not None and roster.mark.batch is not None)
    seen = recognise(roster, near_to(before, lines, typed_keys(roster)), terms)
    compared = compare(checked(seen.others, terms), lines, seen.rows, before, whole=all_listed)
    counted = miscounted(roster.frame, lines, before, compared.rows, compared.ends) if all_listed else {}
    after = kept.after(compared.gone, compared.come)
    return told(compared, before.height, after, roster, counted)


def told(found: Compared, before: int, after: bytes, roster: Raw, counted: Mapping[int, int]) -> Reconciled:
    """As plain numbers and texts. `counted`: rows of households with another size than their rows (`households.py`)."""
    wrong = found.rows.filter(pl.col(MASK) != 0)
    returned = wrong.filter(pl.col(MASK) != bit("duplicate-in-batch"))
    suspected = found.rows.filter((pl.col("suspicion") != 0) & (pl.col(MASK) == 0)).select(ROW, "suspicion")
    starts = found.starts.sort(KEY, ROW).select(ROW, KEY, "name", "category", "since")
    returned_for = dict(returned.select(ROW, MASK).iter_rows())
    origins = dict(found.rows.filter(pl.col(CORRECTS).is_not_null()).select(ROW, CORRECTS).iter_rows())
    return Reconciled(
        rows=found.rows.height + found.recognised,
        listed_on=roster.head.day,
        sheet=roster.sheet,
        mark=roster.mark,
        returned=returned_for,
        duplicates=found.again.to_list(),
        suspected={**counted, **{row: said | counted.get(row, 0) for row, said in suspected.iter_rows()}},
        origins=origins,
        starts=[Start(row, number_of(key), *rest) for row, key, *rest in starts.iter_rows()],
        ends=[End(number_of(key), category) for key, category in found.ends.sort(HELD).select(*HELD).iter_rows()],
        before=before,
        unchanged=found.unchanged,
        updated=found.updated,
        held=found.held,
        changed=found.changed,
        after=before - len(found.gone) + found.come.height,
        by_category=found.by_category,
        cells=cells(roster, {*returned_for, *origins}),
        ticked=roster.head.ticked[0] if roster.head.ticked else None,
        force=after,
    )


def cells(roster: Raw, rows: Collection[int]) -> dict[int, dict[str, str]]:
    """What stands in these rows, nothing for a formula and for a number that has lost digits."""
    if not rows:
        return {}
    typed = roster.frame.filter(pl.col(ROW).is_in(list(rows))).select(ROW, *_NAMES)
    return {
        row: {
            name: "" if cell is None or cell in (FORMULA, AS_NUMBER) else cell
            for name, cell in zip(_NAMES, line, strict=True)
        }
        for row, *line in typed.iter_rows()
    }


def opened(force: bytes | None) -> pl.DataFrame:
    return snapshot_of(force).people


def settled(force: bytes, before: bytes | None, refused: Sequence[End], kept: Sequence[End]) -> bytes:
    """Those in force once the tables have spoken: without whom they refused, and with whoever stays for that, as before."""
    found = opened(force).join(_frame(refused), on=HELD, how="anti")
    stay = opened(before).join(_frame(kept), on=HELD, how="semi")
    return packed(pl.concat([found, stay]))


def _frame(some: Sequence[End]) -> pl.DataFrame:
    keys = [int(one.id_number[:17]) for one in some]
    return pl.DataFrame({KEY: keys, "category": [one.category for one in some]}, schema={n: IN_FORCE[n] for n in HELD})


def rebuilt(force: bytes | None, people: Sequence[tuple[str, str, str]]) -> bytes:
    """Those in force from the tables (number, name, category), with what the last roster said about them."""
    who = pl.DataFrame(
        {
            KEY: [int(number[:17]) for number, _name, _category in people],
            "category": [category for _number, _name, category in people],
            "name": [name for _number, name, _category in people],
        },
        schema={name: IN_FORCE[name] for name in (*HELD, "name")},
    )
    said = opened(force).rename({"name": "named"})
    found = who.join(said, on=HELD, how="left").unique(HELD, keep="first")
    line = pl.when(pl.col("name") == pl.col("named")).then(LINE).alias(LINE)
    return packed(found.with_columns(line))
