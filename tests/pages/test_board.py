"""The heat map of a month: what its cells say, and how they are summed and picked."""

from datetime import date
from uuid import UUID

import pytest

from api.exchange.board import Board, County, Duty, Shared, Standing, board_of, county_of
from api.exchange.board_out import board_list
from api.exchange.facts import Fact, facts_in_words
from api.pages.rendering import environment
from policy.exchange_terms import Obligation, ObligationState
from policy.terms import Light
from store.cycles import CountyDuties
from store.cycles import Duty as Stored

MATTER = UUID(int=1)
END_OF_MONTH = date(2026, 11, 30)


def stored(
    state: ObligationState, light: Light = Light.GREEN, done_on: date | None = None, days_late: int = 0
) -> Stored:
    return Stored(state, END_OF_MONTH, END_OF_MONTH, done_on, days_late, light, MATTER)


def first_cell(duty: Stored | None) -> Duty:
    row = CountyDuties("140522", "阳城县", "1405", "晋城市", {Obligation.SHARING_IN: duty})
    return county_of(row, Shared(), lambda _division, _due: 4).duties[0]


@pytest.mark.parametrize(
    ("duty", "standing", "days"),
    [
        (None, Standing.NONE, None),
        (stored(ObligationState.OPEN), Standing.RUNNING, 4),
        (stored(ObligationState.OPEN, Light.YELLOW), Standing.DUE_SOON, 4),
        (stored(ObligationState.OPEN, Light.RED, days_late=1), Standing.OVERDUE, 1),
        (stored(ObligationState.MISSED, Light.RED, days_late=3), Standing.OVERDUE, 3),
        (stored(ObligationState.MET, done_on=date(2026, 11, 5)), Standing.DONE, None),
        (stored(ObligationState.LATE, done_on=date(2026, 12, 2), days_late=2), Standing.DONE_LATE, 2),
        (stored(ObligationState.CLOSED), Standing.CLOSED, None),
    ],
)
def test_cell_says_how_the_obligation_stands(duty: Stored | None, standing: Standing, days: int | None) -> None:
    cell = first_cell(duty)
    assert (cell.standing, cell.days) == (standing, days)


def test_what_fell_due_before_the_house_went_live_has_passed_and_no_days_are_left() -> None:
    row = CountyDuties(
        "140522", "阳城县", "1405", "晋城市", {Obligation.SHARING_IN: stored(ObligationState.OPEN, Light.YELLOW)}
    )
    passed = county_of(row, Shared(), lambda _division, _due: -8)
    heat = environment("zh-CN").get_template("board/_heat.html").make_module()
    assert str(vars(heat)["number"](passed.duties[0])) == "已过8天"
    listed = board_list(board_of([passed], {"1405": "晋城市"}), "2026-11", "晋城市", END_OF_MONTH, "晋城市医疗保障局")
    assert listed.rows[0][4:] == ("临期", "2026-11-30", "", "", "")


def test_every_obligation_has_a_cell_even_where_nothing_is_owed() -> None:
    row = CountyDuties("140522", "阳城县", "1405", "晋城市", {})
    county = county_of(row, Shared(2, 310), lambda _division, _due: None)
    assert [duty.obligation for duty in county.duties] == list(Obligation)
    assert {duty.standing for duty in county.duties} == {Standing.NONE}


def county(division: str, *standings: Standing, shared: Shared | None = None) -> County:
    duties = tuple(Duty(obligation, standing) for obligation, standing in zip(Obligation, standings, strict=True))
    return County(division, division, division[:4], duties, shared or Shared())


def a_board() -> Board:
    late, done, none = Standing.OVERDUE, Standing.DONE, Standing.NONE
    counties = [
        county("140522", done, done, none, Standing.RUNNING, shared=Shared(2, 100)),
        county("140521", late, done, none, done, shared=Shared(1, 20)),
        county("140110", done, Standing.DONE_LATE, none, done, shared=Shared(3, 7)),
    ]
    return board_of(counties, {"1401": "太原市", "1405": "晋城市"})


def test_counties_stand_under_their_city_in_the_order_of_their_codes() -> None:
    assert [(city.name, [one.division for one in city.counties]) for city in a_board().cities] == [
        ("太原市", ["140110"]),
        ("晋城市", ["140521", "140522"]),
    ]


def test_sums_of_a_city_and_of_the_whole_agree() -> None:
    board = a_board()
    jincheng = board.cities[1]
    assert [(one.finished, one.owed, one.worst) for one in jincheng.sums] == [
        (1, 2, Standing.OVERDUE),
        (2, 2, Standing.DONE),
        (0, 0, Standing.NONE),
        (1, 2, Standing.RUNNING),
    ]
    assert (jincheng.sharings, jincheng.person_times) == (3, 120)
    assert (board.sharings, board.person_times) == (6, 127)
    assert board.total.owed == sum(one.owed for one in board.sums) == 9
    assert jincheng.sums[0].many_overdue
    assert not board.sums[3].many_overdue


def test_board_can_be_narrowed_to_a_city_and_to_a_standing() -> None:
    board = a_board()
    assert [one.division for one in board.only("1405", None).counties] == ["140521", "140522"]
    assert [one.division for one in board.only("", Standing.OVERDUE).counties] == ["140521"]
    assert board.only("1401", Standing.OVERDUE).cities == ()


def test_facts_of_a_matter_are_said_in_words_and_the_rest_is_left_out() -> None:
    facts = {
        "provided_on": "2026-11-03",
        "category": "DB",
        "persons": 12,
        "zero": False,
        "counted": ["x"],
        "rows": None,
    }
    assert facts_in_words(facts) == [
        Fact("对象类别", "低保对象"),
        Fact("人数", "12"),
        Fact("零报告", "否"),
        Fact("提供日期", "2026-11-03", day=True),
    ]
    returned = {
        "civil_affairs": {"on": "2026-11-22", "days_late": 8},
        "agriculture": {"on": "2026-11-09", "days_late": 0},
    }
    assert facts_in_words({"returned": returned}) == [
        Fact("反馈日期", "民政 2026-11-22（超期8个工作日）；农业农村 2026-11-09")
    ]
    assert facts_in_words({"returned": 3}) == [Fact("退回行数", "3")]
