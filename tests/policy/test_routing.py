"""Township or direct (A-43, D-23; AMB-10): by the mark on the settlement date."""

from datetime import date

import pytest

from policy.routing import Route, route
from policy.rulebook import MissingParameter, Rulebook
from policy.terms import Category
from policy.treatment import full_years, normal_code
from tests.policy.rulebooks import having, value, without

ON = date(2025, 6, 3)


@pytest.mark.parametrize(
    ("marked", "out_of_region", "filed", "direct", "township"),
    [
        ([], False, False, Route.TOWNSHIP, Route.TOWNSHIP),
        ([], True, False, Route.TOWNSHIP, Route.TOWNSHIP),
        ([Category.DB], False, False, Route.DIRECT, Route.DIRECT),
        ([Category.DB], True, True, Route.DIRECT, Route.DIRECT),
        ([Category.DB], True, False, Route.DIRECT, Route.TOWNSHIP),
        ([Category.TPRK, Category.YF], True, False, Route.DIRECT, Route.TOWNSHIP),
        ([Category.GXZC], True, False, Route.DIRECT, Route.DIRECT),
        ([Category.TPRK], False, False, Route.TOWNSHIP, Route.TOWNSHIP),  # no aid category by itself
    ],
)
def test_the_mark_decides_and_a43_route_only_where_two_documents_differ(
    yangcheng: Rulebook, marked: list[Category], out_of_region: bool, filed: bool, direct: Route, township: Route
) -> None:
    as_a_43_has_it = having(yangcheng, value("A43_ROUTE", "TOWNSHIP", "text", since=ON))

    assert route(yangcheng, ON, marked, out_of_region=out_of_region, filed=filed) is direct
    assert route(as_a_43_has_it, ON, marked, out_of_region=out_of_region, filed=filed) is township


def test_a_missing_route_is_not_guessed(yangcheng: Rulebook) -> None:
    with pytest.raises(MissingParameter):
        route(without(yangcheng, "A43_ROUTE"), ON, [Category.DB], out_of_region=True, filed=False)


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(2007, 6, 3), date(2025, 6, 2), 17),
        (date(2007, 6, 3), date(2025, 6, 3), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2024, 2, 29), 16),
    ],
)
def test_years_are_full_on_the_birthday(born: date, on: date, years: int) -> None:
    assert full_years(born, on) == years


@pytest.mark.parametrize(
    ("typed", "code"),
    [(" a61-04 ", "A61-04"), ("Ａ６１－０４", "A61-04"), ("C50.9", "C50.9"), ("  ", None), (None, None)],
)
def test_a_code_is_the_same_however_it_is_typed(typed: str | None, code: str | None) -> None:
    assert normal_code(typed) == code
