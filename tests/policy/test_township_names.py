"""Townships as lists call them."""

import pytest

from policy.township_names import nearest_townships, same_township

NAMES = ("凤城镇", "北留镇", "润城镇", "东城街道", "西河乡", "演礼镇", "白桑镇")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("凤城镇", "凤城镇"),
        (" 凤 城　镇", "凤城镇"),
        ("凤城", "凤城镇"),
        ("凤城镇人民政府", "凤城镇"),
        ("东城街道办事处", "东城街道"),
        ("东城办事处", "东城街道"),
        ("凤城乡", None),
        ("风城镇", None),
        ("台怀镇", None),
    ],
)
def test_a_township_is_known_by_the_names_that_offices_use(typed: str, meant: str | None) -> None:
    assert same_township(typed, NAMES) == meant


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [("风城镇", ("凤城镇", "润城镇")), ("白桑乡", ("白桑镇",)), ("西和乡", ("西河乡",)), ("Fengcheng", ())],
)
def test_the_nearest_names_are_suggested(typed: str, nearest: tuple[str, ...]) -> None:
    assert nearest_townships(typed, NAMES) == nearest
