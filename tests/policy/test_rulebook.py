"""Which value is in force on a day: the nearest, the latest to have begun, in its newest version."""

from datetime import date

from tests.policy.rulebooks import having, shipped, value

SINCE, END = date(2019, 8, 1), date(2025, 5, 1)


def test_value_ends_by_a_newer_version_that_has_an_end() -> None:
    ended = having(shipped(), value("FIN_WD", 5, "WD", since=SINCE, until=END, version=2))
    assert ended.find("FIN_WD", date(2025, 4, 30)) is not None
    assert ended.find("FIN_WD", END) is None


def test_value_that_began_later_follows_on_the_ended_one() -> None:
    ended = value("FIN_WD", 5, "WD", since=SINCE, until=END, version=2)
    law = having(shipped(), ended, value("FIN_WD", 7, "WD", since=END))
    assert [law.parameter("FIN_WD", day).value for day in (date(2025, 4, 30), END)] == [5, 7]
