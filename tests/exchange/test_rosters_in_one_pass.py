"""Several rosters that go through the reader in one pass: of each is said, to the last byte, what is said of it alone."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.rosters import engine, message
from exchange.rosters.reconciling import reconcile
from exchange.rosters.roster import Reconciled, Terms
from exchange.rosters.several import MOST
from exchange.rosters.together import Asked, reconcile_together
from exchange.troubles import TableTrouble
from runtime.demo_data.rosters import HEADER, County, roster
from tests.casework import id_number
from tests.exchange.poison import csv, xlsx
from tests.exchange.test_rosters import NUMBERS, TERMS, number_cells

COLUMNS = tuple(HEADER.values())
ELSEWHERE = replace(TERMS, townships=frozenset({"东冶镇", "凤城镇"}))
ANYWHERE = replace(TERMS, townships=frozenset())
STAYS = id_number("140522", "19480807", 90)
STAY = ("凤城镇", "西村", "赵六", STAYS, "1", "赵六", STAYS, "低保", "")
"""On every list from month to month."""
Line = tuple[str, ...]
Month = tuple[Sequence[Line], str]

new_lines = st.tuples(
    st.sampled_from(("凤城镇", "凤 城", "东冶镇", "别的镇")),
    st.just("东村"),
    st.just("户主"),
    st.sampled_from((*NUMBERS[:3], NUMBERS[0].lower(), "-1405221948080700", "无")),
    st.sampled_from(("1", "2", "３", "三口")),
    st.sampled_from(("张三", "张　三", "李四", "买买提•艾力", "", "李4", "John  Smith")),
    number_cells,
    st.sampled_from(("低保对象", "特困", "ＤＢ", "返贫致贫人口", "富裕人口", "", "=A1")),
    st.sampled_from(("", "新")),
)
months = st.tuples(
    st.lists(new_lines, max_size=8), st.sampled_from(("", "填报日期：2026年11月3日", "填报日期：2026年10月8日"))
)


@st.composite
def offices(draw: st.DrawFn) -> tuple[Terms, Month, Month]:
    """A county's two months: the second one repeats some lines of the first, in another order and with others among them."""
    first, below = draw(months)
    new, note = draw(months)
    same = draw(st.lists(st.sampled_from(first), max_size=6)) if first else []
    return (
        draw(st.sampled_from((TERMS, ELSEWHERE, ANYWHERE))),
        (first, below),
        (draw(st.permutations([*new, *same])), note),
    )


def table(month: Month) -> bytes:
    lines, note = month
    return csv([COLUMNS, STAY, *lines, *([(note, *[""] * (len(COLUMNS) - 1))] if note else [])])


def of_months(county: str) -> tuple[bytes, bytes]:
    made = (
        roster(County(county, ("凤城镇", "凤城"), 800), month, seed=3, errors=0.03).drop("planted").rename(HEADER)
        for month in (0, 1)
    )
    first, second = (month.write_csv(quote_style="never").encode() for month in made)
    return first, second


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(offices(), min_size=2, max_size=MOST))
def test_what_is_said_together_is_what_is_said_alone(some: Sequence[tuple[Terms, Month, Month]]) -> None:
    asked = [Asked(table(second), reconcile(table(first), None, terms).force, terms) for terms, first, second in some]
    assert reconcile_together(asked) == [reconcile(one.content, one.force, one.terms) for one in asked]


def test_a_month_of_counties_is_said_together_as_alone() -> None:
    """Large enough that what is kept is the list of before with what came and went."""
    asked: list[Asked] = []
    for county, terms in (("140522", TERMS), ("140827", ANYWHERE), ("140105", TERMS)):
        first, second = of_months(county)
        asked.append(Asked(second, reconcile(first, None, terms).force, terms))
    alone = [reconcile(one.content, one.force, one.terms) for one in asked]
    assert reconcile_together(asked) == alone
    assert all(one.starts and one.ends and one.returned and one.updated and one.unchanged > 500 for one in alone)
    again = [replace(one, force=found.force) for one, found in zip(asked, alone, strict=True)]
    assert reconcile_together(again) == [reconcile(one.content, one.force, one.terms) for one in again]


def test_what_is_not_alike_is_left_to_be_read_alone() -> None:
    first = table(([], ""))
    force = reconcile(first, None, TERMS).force
    plain = Asked(first, force, TERMS)
    others = [
        replace(plain, terms=replace(TERMS, own=frozenset({"DB"}))),
        replace(plain, content=csv([COLUMNS[::-1], STAY[::-1]])),
        replace(plain, content=first.replace("赵六".encode(), '"赵六"'.encode())),
        replace(plain, content=first.replace(COLUMNS[6].encode(), b"?")),
    ]
    found = reconcile_together([plain, *others, plain])
    assert [one is None for one in found] == [False, True, True, True, True, False]
    assert reconcile_together([plain, replace(plain, content=first + b"\x02,,,,,,,,\n")]) == [None, None]
    assert reconcile_together([plain, replace(plain, content=table(([("", *STAY[1:])], "")))]) == [None, None]


async def test_the_confined_engine_says_of_several_what_the_pure_one_says_of_each() -> None:
    counties = [of_months(county) for county in ("140522", "140827")]
    rosters = [engine.Roster(second, reconcile(first, None, TERMS).force, TERMS, True) for first, second in counties]
    first = rosters[0]
    told, _after = await engine._asked(
        message.together([(one.content, one.force or b"", one.terms) for one in rosters]),
        b"".join(one.content for one in rosters),
        b"".join(one.force or b"" for one in rosters),
    )
    assert all(told["rosters"]), "none is left to be read alone"
    rosters += [
        first,
        replace(first, content=first.content + b"\x02,\n"),
        replace(first, force=None),
        replace(first, whole=False),
        replace(first, content=xlsx([COLUMNS, STAY])),
    ]
    for found, one in zip(await engine.reconcile_all(rosters), rosters, strict=True):
        assert said(found) == said(alone(one))


async def test_a_reader_that_one_roster_breaks_is_asked_for_each_alone() -> None:
    content = table(([], ""))
    good = engine.Roster(content, reconcile(content, None, TERMS).force, TERMS, True)
    found = await engine.reconcile_all([good, replace(good, force=b"nothing of ours"), good])
    assert [said(one) for one in found] == [alone(good), ("damaged", {}), alone(good)]


def alone(one: engine.Roster) -> Reconciled | TableTrouble:
    try:
        return reconcile(one.content, one.force, one.terms, whole=one.whole)
    except TableTrouble as trouble:
        return trouble


def said(found: Reconciled | TableTrouble) -> object:
    return (found.code, found.parameters) if isinstance(found, TableTrouble) else found
