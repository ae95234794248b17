import json
from datetime import date

import pytest

from notifications.catalog import NOTICES, BadNotice, Notice, UnknownNotice, notice_of, variables_of
from tests.notifications.samples import SAMPLES


def test_every_notice_has_a_sample() -> None:
    assert set(SAMPLES) == set(NOTICES)


@pytest.mark.parametrize("notice", SAMPLES.values(), ids=SAMPLES.keys())
def test_notice_survives_the_row(notice: Notice) -> None:
    stored = json.dumps(variables_of(notice), ensure_ascii=False)
    assert notice_of(notice.name, json.loads(stored)) == notice


def test_dates_are_stored_as_iso_days() -> None:
    assert variables_of(SAMPLES["overdue"])["nominal"] == "2025-10-13"
    assert notice_of("overdue", variables_of(SAMPLES["overdue"])).nominal == date(2025, 10, 13)  # type: ignore[attr-defined]


def test_unknown_name_is_an_error() -> None:
    with pytest.raises(UnknownNotice, match="no_such_notice"):
        notice_of("no_such_notice", variables_of(SAMPLES["overdue"]))


@pytest.mark.parametrize("name", SAMPLES)
def test_each_missing_field_is_an_error(name: str) -> None:
    whole = variables_of(SAMPLES[name])
    for field in whole:
        with pytest.raises(BadNotice) as caught:
            notice_of(name, {key: value for key, value in whole.items() if key != field})
        assert caught.value.fields == (field,)


def test_surplus_field_is_an_error() -> None:
    with pytest.raises(BadNotice) as caught:
        notice_of("overdue", variables_of(SAMPLES["overdue"]) | {"applicant": "王小明"})
    assert caught.value.fields == ("applicant",)


def test_fault_is_named_without_its_value() -> None:
    with pytest.raises(BadNotice) as caught:
        notice_of("overdue", variables_of(SAMPLES["overdue"]) | {"nominal": "王小明"})
    assert str(caught.value) == "overdue: nominal"
    assert caught.value.__context__ is None


def test_other_version_is_an_error() -> None:
    with pytest.raises(BadNotice) as caught:
        notice_of("overdue", variables_of(SAMPLES["overdue"]) | {"version": 2})
    assert caught.value.fields == ("version",)
