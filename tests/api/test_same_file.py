"""The very same file handed in again: recognised for the same list, and said where it was handed in as another one."""

from typing import Any

import pytest

from activities.uploads import Uploads
from api.services import Services
from store.database import Database
from tests.api.conftest import Counter, StoppedClock
from tests.api.test_adjustments import AGRICULTURE, APRIL, CIVIL, HEADER, row
from tests.api.test_uploads import IDENTITY, Handing, identity, somebody
from tests.casework import id_number
from tests.exchange.poison import xlsx

_serial = iter(range(1, 99))


@pytest.fixture
def handing(counter: Counter, worker: Database, services: Services, clock: StoppedClock) -> Handing:
    clock.moment = APRIL
    return Handing(counter, Uploads(worker, clock, services.vault, services.files))


@pytest.fixture
def file() -> bytes:
    """A list of one invented person whom no other test knows; the same bytes throughout a test."""
    number = next(_serial)
    person = f"同{chr(0x5300 + number)}", id_number("140522", "19470711", number)
    return xlsx([HEADER, row(person)])


async def hand_in(handing: Handing, file: bytes, by: str = CIVIL, **form: str) -> dict[str, Any]:
    answer = await handing.post(by, "adjustment", file, preview="true", **({"month": "2025-04"} | form))
    assert answer.status_code in (200, 202), answer.text
    return dict(answer.json())


async def test_the_same_file_for_the_same_category_and_month_is_the_upload_of_that_time(
    handing: Handing, file: bytes
) -> None:
    first = await hand_in(handing, file, category="DB")
    again = await hand_in(handing, file, category="DB")
    assert (again["id"], again["duplicate"]) == (first["id"], True)
    assert (await handing.see(CIVIL, first["id"]))["before"] == []


@pytest.mark.parametrize("other", [{"category": "TK"}, {"category": "DB", "month": "2025-03"}])
async def test_the_same_file_for_another_category_or_month_is_taken_and_says_so(
    handing: Handing, file: bytes, other: dict[str, str]
) -> None:
    first = await hand_in(handing, file, category="DB")
    second = await hand_in(handing, file, **other)
    assert (second["duplicate"], second["before"]) == (False, [first["id"]])
    seen = await handing.see(CIVIL, second["id"])
    assert seen["category"] == other["category"]
    [before] = seen["before"]
    assert {name: before[name] for name in ("id", "kind", "category", "month")} == {
        "id": first["id"],
        "kind": "adjustment",
        "category": "DB",
        "month": "2025-04",
    }
    assert before["created_at"].startswith("2025-04-10")


async def test_the_same_file_of_another_kind_says_so(handing: Handing, file: bytes) -> None:
    first = await hand_in(handing, file, category="DB")
    other = await handing.post(CIVIL, "identity", file, preview="true")
    assert other.json()["before"] == [first["id"]]


async def test_nothing_is_said_of_what_was_thrown_away_or_is_another_departments(
    handing: Handing, counter: Counter
) -> None:
    file = xlsx([IDENTITY, identity(*somebody())])
    first = (await handing.post(CIVIL, "identity", file, preview="true")).json()["id"]
    assert (await hand_in(handing, file, AGRICULTURE, category="JC1"))["before"] == []
    assert (await hand_in(handing, file, category="DB"))["before"] == [first]
    await handing.take_in(first)
    assert (await counter.as_(CIVIL, "POST", f"/uploads/{first}/discard")).status_code == 200
    assert first not in (await hand_in(handing, file, category="TK"))["before"]
