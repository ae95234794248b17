"""Which rows of a roster go back, each with its reason (S-23; processes 3.11)."""

from dataclasses import replace
from datetime import date

import pytest

from exchange.rosters.reasons import REASONS
from policy import roster_quality
from policy.exchange_terms import RosterChange
from policy.identity_number import Fault, check_character
from policy.roster_quality import Batch, Known, RosterProblem, RosterRow, check_batch, check_row, holds_up
from policy.terms import Category

VALID = "140522196001010010"
ROW = RosterRow("王建国", VALID, RosterChange.NEWLY_IDENTIFIED, Category.DB, "凤城镇", VALID, 1, date(2026, 10, 31))
BATCH = Batch(date(2026, 11, 6), Category.DB, date(2026, 11, 5), date(2026, 11, 5), frozenset({"凤城镇", "北留镇"}))
REGISTERED = Known("王建国", enrolled=True)
ALONE = {"name-missing", "id-missing", "date-mismatch", "future-date", "unknown-township", "category-mismatch"}
OF_THE_NUMBER = {"id-length", "id-characters", "id-check-digit", "id-birth-date"}
OF_THE_PERSON = {"id-other-name", "deceased", "already-active", "not-active"}
OF_THE_BATCH = {"duplicate-in-batch"}
WARNINGS = {"same-name-birth-other-id", "household-count", "not-enrolled"}


def codes(row: RosterRow, batch: Batch = BATCH, known: Known = REGISTERED) -> list[str]:
    return [problem.code for problem in check_row(row, batch, known)]


def number(area_and_birth: str, serial: str = "001") -> str:
    return area_and_birth + serial + check_character(area_and_birth + serial)


def test_the_worked_check_digits() -> None:
    assert codes(ROW) == []
    assert codes(replace(ROW, id_number="140522196001010011")) == ["id-check-digit"]
    assert codes(replace(ROW, id_number="140522198802300017")) == ["id-birth-date"]  # its check digit is right


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "id-missing"),
        ("  ", "id-missing"),
        ("140522600101001", "id-length"),  # of 15 digits, as before 1999
        ("14052219600101001", "id-length"),
        ("14052219600101001O", "id-characters"),
        ("14052219600101A010", "id-characters"),
        (number("14052220301231"), "id-birth-date"),
    ],
)
def test_a_number_that_cannot_be_right(typed: str, code: str) -> None:
    assert codes(replace(ROW, id_number=typed)) == [code]


@pytest.mark.parametrize(
    "typed", [" 140522196001010010 ", "１４０５２２１９６００１０１００１０", "140522 19600101 0010"]
)
def test_a_number_that_is_only_written_oddly_is_right(typed: str) -> None:
    assert codes(replace(ROW, id_number=typed)) == []


def test_a_name_is_indispensable() -> None:
    assert codes(replace(ROW, name=" ")) == ["name-missing"]
    assert codes(replace(ROW, name="", id_number=""), known=Known()) == ["name-missing", "id-missing"]


def test_of_two_departments_the_one_that_differs_from_the_register_gets_its_row_back() -> None:
    civil_affairs, agriculture = ROW, replace(ROW, name="王建囯")

    assert codes(civil_affairs) == []
    assert codes(agriculture) == ["id-other-name"]
    assert codes(agriculture, known=Known()) == []  # nobody is registered under that number yet


@pytest.mark.parametrize(
    ("change", "known", "expected"),
    [
        (RosterChange.NEWLY_IDENTIFIED, Known(active={Category.DB}), ["already-active"]),
        (RosterChange.NATURAL_INCREASE, Known(active={Category.TK}), []),
        (RosterChange.EXIT, Known(active={Category.DB}), []),
        (RosterChange.EXIT, Known(active={Category.TK}), ["not-active"]),
        (RosterChange.NATURAL_DECREASE, Known(), ["not-active"]),
        (RosterChange.NEWLY_IDENTIFIED, Known(deceased=True), ["deceased"]),
        (RosterChange.NATURAL_DECREASE, Known(deceased=True, active={Category.DB}), []),  # who has died leaves
        (RosterChange.CATEGORY_CHANGE, Known(active={Category.TK}), []),
    ],
)
def test_what_the_person_holds_already_decides_what_a_list_may_say(
    change: RosterChange, known: Known, expected: list[str]
) -> None:
    assert codes(replace(ROW, change=change), known=known) == expected


@pytest.mark.parametrize(
    ("batch", "row", "code"),
    [
        (BATCH, replace(ROW, category=Category.TK), "category-mismatch"),
        (replace(BATCH, certified_on=date(2026, 11, 4)), ROW, "date-mismatch"),
        (BATCH, replace(ROW, adjusted_on=date(2026, 11, 30)), "future-date"),
        (BATCH, replace(ROW, township="凤成镇"), "unknown-township"),
    ],
)
def test_what_does_not_agree_with_the_list_as_a_whole(batch: Batch, row: RosterRow, code: str) -> None:
    assert codes(row, batch) == [code]


def test_suspicions_are_said_and_hold_nothing_up() -> None:
    known = replace(REGISTERED, enrolled=False, namesakes=[number("14052219600101", "002")])
    problems = check_row(ROW, BATCH, known)

    assert [problem.code for problem in problems] == ["same-name-birth-other-id", "not-enrolled"]
    assert not holds_up(problems)
    assert holds_up((*problems, roster_quality.DECEASED))


def test_the_same_number_twice_in_one_list_is_a_duplicate_however_it_is_written() -> None:
    other = replace(ROW, id_number=number("14052219700101"))
    rows = [ROW, other, replace(ROW, id_number=f" {VALID} "), replace(ROW, id_number=""), replace(ROW, id_number="")]
    alone = [replace(row, household_size=None) for row in rows]

    assert {place: [p.code for p in found] for place, found in check_batch(alone).items()} == {
        2: ["duplicate-in-batch"]
    }


def test_the_size_of_a_household_is_compared_with_its_rows_but_not_for_natural_changes() -> None:
    member = replace(ROW, id_number=number("14052219900101"), household_size=3)
    head = replace(ROW, household_size=3)
    child = replace(member, change=RosterChange.NATURAL_INCREASE)

    found = check_batch([head, member])
    assert {place: [p.code for p in problems] for place, problems in found.items()} == {
        0: ["household-count"],
        1: ["household-count"],
    }
    assert not holds_up(problem for problems in found.values() for problem in problems)
    assert check_batch([child]) == {}
    assert check_batch([replace(head, household_size=2), replace(member, household_size=2)]) == {}


def test_three_wrong_rows_of_45_go_back_and_42_go_on() -> None:
    good = [replace(ROW, id_number=number(f"140522{1950 + n}0101"), household_size=None) for n in range(42)]
    wrong = [
        replace(good[0], id_number="140522196001010011"),
        replace(good[0], name=""),
        replace(good[0], id_number="140522198802300017"),
    ]
    rows = [*good, *wrong]
    within = check_batch(rows)
    returned = [
        row for place, row in enumerate(rows) if holds_up((*check_row(row, BATCH, Known()), *within.get(place, ())))
    ]

    assert (len(rows), returned) == (45, wrong)


def problems_declared() -> list[RosterProblem]:
    return [thing for thing in vars(roster_quality).values() if isinstance(thing, RosterProblem)]


def test_every_check_has_its_code_and_whole_rosters_use_the_same() -> None:
    declared = {problem.code for problem in problems_declared()} | {fault.value for fault in Fault}
    columnar = {reason.code: reason for reason in REASONS}

    assert declared == ALONE | OF_THE_NUMBER | OF_THE_PERSON | OF_THE_BATCH | WARNINGS
    assert {problem.code for problem in problems_declared() if problem.warning} == WARNINGS
    assert len(declared & columnar.keys()) >= 12
    assert {reason.code for reason in REASONS if reason.suspicion} <= WARNINGS
