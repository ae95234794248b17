"""Several rosters in one pass: most of the two hundred steps on columns cost the same for one roster's few new rows and for several's.

Only for what is alike: delimited text with the same columns, ticks and categories, and nearly all lines known from the last
time. Whatever is not, or goes wrong in company, is for the caller to have read alone: nothing is decided about it here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from exchange.rosters.comparing import numbered
from exchange.rosters.delimited import Text
from exchange.rosters.lines import hashed, parted
from exchange.rosters.raw import ROW, Scattered, with_notes
from exchange.rosters.reconciling import judged, taken_apart
from exchange.rosters.roster import Reconciled, Terms
from exchange.rosters.several import MOST, ROWS
from exchange.rosters.snapshot import snapshot_of
from exchange.rosters.telling import Listed
from exchange.troubles import TableTrouble


@dataclass(frozen=True)
class Asked:
    content: bytes
    force: bytes
    terms: Terms


@dataclass(frozen=True)
class _Part:
    """One that goes along: its place among those that were asked, and its recognised and other lines."""

    place: int
    text: Text
    listed: Listed
    people: pl.DataFrame
    known: pl.DataFrame
    others: pl.DataFrame


def reconcile_together(asked: Sequence[Asked]) -> list[Reconciled | None]:
    """As `reconciling.reconcile` says of each, all of them whole; None: to be read alone. At most `several.MOST`. Never raises
    what one of the files has brought about.
    """
    assert len(asked) <= MOST
    parts: list[_Part] = []
    for place, one in enumerate(asked):
        if part := _part(place, one, parts):
            parts.append(part)
    found: list[Reconciled | None] = [None] * len(asked)
    if len(parts) > 1:
        for part, said in zip(parts, _together(parts), strict=False):
            found[part.place] = said
    return found


def _part(place: int, asked: Asked, before: Sequence[_Part]) -> _Part | None:
    try:
        text = taken_apart(asked.content)
    except TableTrouble:
        return None
    if not isinstance(text, Text) or (before and not _alike(text, asked.terms, before[0])):
        return None
    kept = snapshot_of(asked.force)
    people = numbered(kept.people, len(before), sum(one.people.height for one in before))
    known, others = parted(hashed(text, asked.terms), people)
    if known.is_empty():
        return None
    listed = Listed(kept, asked.terms, text.found.head)
    moved = pl.col(ROW) + len(before) * ROWS
    return _Part(place, text, listed, people, known.with_columns(moved), others.with_columns(moved))


def _alike(text: Text, terms: Terms, first: _Part) -> bool:
    """Whether they differ by nothing but their lines, their townships and their days."""
    same_terms = replace(terms, townships=first.listed.terms.townships) == first.listed.terms
    same_columns = (text.separator, text.found.places) == (first.text.separator, first.text.found.places)
    return same_terms and same_columns and text.found.head.ticked == first.text.found.head.ticked


def _together(parts: Sequence[_Part]) -> list[Reconciled]:
    """None of them if one has a row that takes something from the one above it, or what is no text."""
    try:
        roster = parts[0].text.read_some(pl.concat([part.others for part in parts]))
    except (Scattered, TableTrouble):
        return []
    of = [
        replace(
            part.listed, head=with_notes(part.listed.head, [row for row in roster.notes if row.number // ROWS == at])
        )
        for at, part in enumerate(parts)
    ]
    known, people = (pl.concat(frames) for frames in ([one.known for one in parts], [one.people for one in parts]))
    return judged(roster, known, people, of, whole=True)
