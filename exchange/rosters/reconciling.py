"""A roster from its file to what it changes: pure, bytes in and a Reconciled out; runs in the confined process."""

from collections.abc import Sequence

import polars as pl

from exchange.containers import Container, container_of
from exchange.rosters.checks import KEY, checked
from exchange.rosters.comparing import compare, near_to, numbered
from exchange.rosters.delimited import Text, read_delimited
from exchange.rosters.households import miscounted
from exchange.rosters.lines import NONE, recognise_lines
from exchange.rosters.raw import LINE, Raw
from exchange.rosters.recognising import recognise, typed_keys
from exchange.rosters.roster import End, Reconciled, Terms
from exchange.rosters.snapshot import HELD, IN_FORCE, packed, snapshot_of
from exchange.rosters.telling import Listed, told
from exchange.rosters.workbook import Cells, read_workbook
from exchange.troubles import TableTrouble


def read(content: bytes) -> Raw:
    """The roster as it was typed. Raises TableTrouble."""
    found = taken_apart(content)
    return found.read(found.lines) if isinstance(found, Text | Cells) else found


def taken_apart(content: bytes) -> Text | Cells | Raw:
    """Its lines or rows, or all of it if those are not its rows. Raises TableTrouble."""
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
    found = taken_apart(content)
    lines, roster = recognise_lines(found, before, terms) if isinstance(found, Text | Cells) else (NONE, found)
    if lines.is_empty() and roster.frame.is_empty():
        raise TableTrouble("no-rows")
    all_listed = whole and not (roster.mark is not None and roster.mark.batch is not None)
    return judged(roster, lines, before, [Listed(kept, terms, roster.head)], whole=all_listed)[0]


def judged(
    roster: Raw, lines: pl.DataFrame, before: pl.DataFrame, of: Sequence[Listed], *, whole: bool
) -> list[Reconciled]:
    """What has been read of one roster, or of several (`several.py`): checked, compared and told for each."""
    terms = [one.terms for one in of]
    seen = recognise(roster, near_to(before, lines, typed_keys(roster)), terms)
    compared = compare(checked(seen.others, terms), lines, seen.rows, before, whole=whole, rosters=len(of))
    counted = miscounted(roster.frame, lines, before, compared.rows, compared.ends) if whole else {}
    return told(compared, roster, counted, of)


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
