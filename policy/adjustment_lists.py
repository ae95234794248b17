"""附件3 against 附件4: a list whose certificate says otherwise goes back as a whole (A-31, A-64, A-67).

Persons are rows, households are distinct heads [R]. A row that cannot be read is a person of one side or the other, so it
is the bounds that are compared; with every row read they are equalities.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from policy.exchange_terms import RosterChange
from policy.terms import Category


@dataclass(frozen=True)
class Stated:
    """What the certificate says. A count left blank is 0."""

    category: Category
    day: date
    households_added: int
    persons_added: int
    households_removed: int
    persons_removed: int


@dataclass(frozen=True)
class ListedRow:
    """`household` tells the head apart from other heads; `adds` also for a change of category, into the list's own."""

    household: str
    adds: bool


@dataclass(frozen=True)
class Difference:
    """Why the list as a whole goes back. Holds counts and days only."""

    code: str
    zh: str
    en: str
    clause: str


def adds(change: RosterChange) -> bool:
    """On which side of the certificate a row stands."""
    return not change.removes


def differences(
    stated: Stated, rows: Sequence[ListedRow], rows_in: int, *, list_on: date | None, ticked: Sequence[Category]
) -> tuple[Difference, ...]:
    """Everything in which list and certificate differ. `rows` are those that can be read, of `rows_in` in all."""
    return tuple(_all(stated, rows, rows_in, list_on, ticked))


def _all(
    stated: Stated, rows: Sequence[ListedRow], rows_in: int, list_on: date | None, ticked: Sequence[Category]
) -> Iterator[Difference]:
    if any(category is not stated.category for category in ticked):
        named = "、".join(category.label for category in ticked)
        yield Difference(
            "category-differs",
            f"名单勾选的对象类别为“{named}”，证明为“{stated.category.label}”，应当一致",
            f"the list is ticked {', '.join(ticked)}, the certificate {stated.category.value}",
            "A-67",
        )
    if list_on is not None and list_on != stated.day:
        yield Difference(
            "dates-differ",
            f"名单填报时间{list_on.isoformat()}与动态调整情况证明时间{stated.day.isoformat()}不一致，应当一致",
            f"the list is of {list_on}, its certificate of {stated.day}: they must be of one day",
            "A-64",
        )
    yield from _persons(stated, rows, rows_in)
    yield from _households(stated, rows, rows_in)


def _persons(stated: Stated, rows: Sequence[ListedRow], rows_in: int) -> Iterator[Difference]:
    added = sum(row.adds for row in rows)
    removed = len(rows) - added
    whole = stated.persons_added + stated.persons_removed == rows_in
    if whole and added <= stated.persons_added and removed <= stated.persons_removed:
        return
    unread = rows_in - len(rows)
    beside = f"（另有{unread}行无法识别）" if unread else ""
    yield Difference(
        "persons-differ",
        f"证明载明新增{stated.persons_added}人、减少{stated.persons_removed}人，"
        f"名单为新增{added}人、减少{removed}人{beside}，应当一致",
        f"the certificate states {stated.persons_added} added and {stated.persons_removed} removed, "
        f"the list has {added} and {removed}, and {unread} rows that cannot be read",
        "A-67",
    )


def _households(stated: Stated, rows: Sequence[ListedRow], rows_in: int) -> Iterator[Difference]:
    unread = rows_in - len(rows)
    for named, en, side, said in (
        ("新增", "added", True, stated.households_added),
        ("减少", "removed", False, stated.households_removed),
    ):
        found = len({row.household for row in rows if row.adds is side})
        if not found <= said <= found + unread:
            yield Difference(
                "households-differ",
                f"证明载明{named}{said}户，名单{named}为{found}户（按户主计），应当一致",
                f"the certificate states {said} households {en}, the list has {found} (by their heads)",
                "A-67",
            )
