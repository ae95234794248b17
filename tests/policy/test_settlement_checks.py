"""Settlements against identities: the exit's boundary (S-13, C-12) and the gap of a slow list (C-14)."""

from datetime import date

import pytest

from policy.exchange_terms import SettlementFinding
from policy.settlement_checks import Held, Settled, contradictions
from policy.terms import Category

START, END = date(2025, 9, 3), date(2025, 9, 19)
MARKED = date(2025, 9, 9)


def held(**changes: object) -> Held:
    facts = {"ends_on": END, "marked_on": MARKED, "by_list": True, "ended_by_list": True, **changes}
    return Held(Category.DB, START, **facts)  # type: ignore[arg-type]


def found(one: Settled, *periods: Held) -> list[tuple[SettlementFinding, date]]:
    return [(entry.finding, entry.since) for entry in contradictions(periods or (held(),), [one])]


@pytest.mark.parametrize(("day", "outside"), [(18, False), (19, True), (22, True)])
def test_the_end_itself_is_outside(day: int, outside: bool) -> None:
    one_stop = Settled("one", date(2025, 9, day), one_stop=True, aided=True)
    assert found(one_stop) == ([(SettlementFinding.MISMATCH_REVIEW, END)] if outside else [])


def test_aid_by_another_identity_is_no_mismatch() -> None:
    one_stop = Settled("one", date(2025, 9, 22), one_stop=True, aided=True)
    other = Held(Category.TK, END, None, MARKED, by_list=True, ended_by_list=False)
    assert found(one_stop, held(), other) == []


def test_what_no_list_has_ended_is_not_our_question() -> None:
    one_stop = Settled("one", date(2025, 9, 22), one_stop=True, aided=True)
    assert found(one_stop, held(ended_by_list=False)) == []
    assert found(Settled("one", date(2025, 9, 22), one_stop=True, aided=False)) == []


@pytest.mark.parametrize(("day", "missed"), [(2, False), (3, True), (9, True), (10, False)])
def test_settled_between_the_list_and_the_mark_is_made_good(day: int, missed: bool) -> None:
    by_hand = Settled("one", date(2025, 9, day), one_stop=False, aided=False)
    assert found(by_hand) == ([(SettlementFinding.MAKE_GOOD, START)] if missed else [])


def test_who_was_marked_already_for_another_category_missed_nothing() -> None:
    by_hand = Settled("one", date(2025, 9, 5), one_stop=False, aided=False)
    before = Held(Category.TK, date(2025, 1, 1), None, date(2025, 1, 1), by_list=False, ended_by_list=False)
    assert found(by_hand, held(), before) == []
