"""Tables that were looked at and thrown away, or never confirmed: the file goes, the row stays and says who and when."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from activities.thrown_away import sweep
from activities.uploads import Uploads
from api.services import Services
from store.database import WHOLE, Database
from tests.api.conftest import Counter, StoppedClock
from tests.api.test_uploads import CIVIL, IDENTITY, Handing, identity, somebody
from tests.api.test_workbooks import certificate, roster
from tests.api.test_workbooks import row as listed
from tests.exchange.poison import xlsx

KEPT_DAYS = 30


@pytest.fixture
def handing(counter: Counter, worker: Database, services: Services, clock: StoppedClock) -> Handing:
    return Handing(counter, Uploads(worker, clock, services.vault, services.files))


async def looked_at(handing: Handing) -> dict[str, Any]:
    """A preview with one row that would be returned."""
    rows = [identity(*somebody()), identity(*somebody(), "YF")]
    answer = await handing.post(CIVIL, "identity", xlsx([IDENTITY, *rows]), preview="true")
    await handing.take_in(answer.json()["id"])
    return await handing.see(CIVIL, answer.json()["id"])


async def left(worker: Database, upload: str) -> tuple[int, bool]:
    """Rows of the forecast, and whether what stood above the table is still kept."""
    async with worker.transaction(WHOLE) as session:
        asked = (
            "select (select count(*) from upload_forecast where upload_id = u.id), facts_sealed is not null"
            " from upload u where u.id = :id"
        )
        found = (await session.execute(text(asked), {"id": uuid.UUID(upload)})).one()
        return found[0], found[1]


def has_file(services: Services, upload: str) -> bool:
    try:
        services.files.get(uuid.UUID(upload))
    except FileNotFoundError:
        return False
    return True


async def test_the_file_of_a_table_that_was_thrown_away_goes_and_the_row_stays(
    handing: Handing, counter: Counter, worker: Database, services: Services, clock: StoppedClock
) -> None:
    kept, gone = await looked_at(handing), await looked_at(handing)
    await counter.as_(CIVIL, "POST", f"/uploads/{gone['id']}/discard")
    assert has_file(services, gone["id"])
    await sweep(worker, services.files, clock)
    assert await sweep(worker, services.files, clock) == 0, "once is enough"
    assert (has_file(services, gone["id"]), await left(worker, gone["id"])) == (False, (0, False))
    assert (has_file(services, kept["id"]), await left(worker, kept["id"])) == (True, (1, True))
    seen = await handing.see(CIVIL, gone["id"])
    assert (seen["state"], seen["discarded"]["by"], seen["errors"]) == ("discarded", CIVIL, [])
    assert seen["discarded"]["file_removed_at"] is not None


async def test_a_sweep_that_was_killed_behind_the_file_is_done_again(
    handing: Handing, counter: Counter, worker: Database, services: Services, clock: StoppedClock
) -> None:
    gone = await looked_at(handing)
    await counter.as_(CIVIL, "POST", f"/uploads/{gone['id']}/discard")
    services.files.remove(uuid.UUID(gone["id"]))
    assert await sweep(worker, services.files, clock) == 1
    assert await left(worker, gone["id"]) == (0, False)


async def test_a_table_that_nobody_confirmed_in_time_is_thrown_away(
    handing: Handing, counter: Counter, worker: Database, services: Services, clock: StoppedClock
) -> None:
    waiting, confirmed = await looked_at(handing), await looked_at(handing)
    assert waiting["kept_until"] == "2025-04-02"
    await counter.as_(CIVIL, "POST", f"/uploads/{confirmed['id']}/commit")
    clock.moment += timedelta(days=KEPT_DAYS)
    await sweep(worker, services.files, clock)
    assert (await handing.see(CIVIL, waiting["id"]))["state"] == "checked", "its last day"
    clock.moment += timedelta(days=1)
    await sweep(worker, services.files, clock)
    seen = await handing.see(CIVIL, waiting["id"])
    assert (seen["state"], seen["discarded"]["by"], has_file(services, waiting["id"])) == ("discarded", None, False)
    assert (await counter.as_(CIVIL, "POST", f"/uploads/{waiting['id']}/commit")).status_code == 409
    assert has_file(services, confirmed["id"])
    await handing.take_in(confirmed["id"])
    assert (await handing.see(CIVIL, confirmed["id"]))["state"] == "done"


async def test_a_workbook_goes_with_all_its_parts(
    handing: Handing, worker: Database, services: Services, clock: StoppedClock
) -> None:
    sheets = [
        sheet for one in ("低保", "特困") for sheet in (roster(one, listed(somebody(), town="无")), certificate(one, 1))
    ]
    clock.moment = clock.moment.replace(month=4, day=10)
    answer = await handing.post(CIVIL, "adjustment", xlsx(*sheets), preview="true", month="2025-04")
    whole = answer.json()["id"]
    await handing.take_in(whole)
    parts = [part["id"] for part in (await handing.see(CIVIL, whole))["parts"]]
    for part in parts:
        await handing.take_in(part)
    clock.moment += timedelta(days=KEPT_DAYS + 1)
    await sweep(worker, services.files, clock)
    seen = await handing.see(CIVIL, whole)
    assert [seen["state"], *(part["state"] for part in seen["parts"])] == ["discarded"] * 3
    assert [await left(worker, part) for part in (whole, *parts)] == [(0, False)] * 3
    assert not has_file(services, whole)
