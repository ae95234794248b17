"""The list of pushes as a supervisor wants it: the newest month first, in it what is still open, by its day."""

from datetime import date, datetime

from policy.deadlines import SHANGHAI
from policy.exchange_terms import MatterStatus
from store.database import WHOLE, Database
from store.matters import MatterRow
from store.tasks import PeriodRow, TaskRow
from tests.api.conftest import Counter, StoppedClock
from tests.api.test_pushes import PROVINCE, opened
from tests.api.test_uploads import Handing, handing

__all__ = ["handing"]

PLACES = ("140522", "140821", "140827")


async def test_the_newest_month_stands_first_and_in_it_what_is_open_by_its_day(
    handing: Handing, worker: Database, counter: Counter, clock: StoppedClock
) -> None:
    clock.moment = datetime(2042, 3, 1, 9, tzinfo=SHANGHAI)
    later, sooner, done = [await opened(handing, worker, clock, date(2042, 2, 1), place) for place in PLACES]
    old = await opened(handing, worker, clock, date(2042, 1, 1), PLACES[0])
    for month, due in ((later, date(2042, 3, 10)), (sooner, date(2042, 3, 5)), (old, date(2042, 2, 10))):
        await _due(worker, await month.task("push_burden"), due)
    async with worker.transaction(WHOLE) as session:
        ended = await session.get_one(MatterRow, done.matter)
        ended.status, ended.closed_at = MatterStatus.ACKNOWLEDGED.value, clock.now()
    wanted = [str(month.matter) for month in (sooner, later, done, old)]
    listed = await _listed(counter, "/pushes?division=14&limit=200")
    assert [one["id"] for one in listed["items"] if one["id"] in wanted] == wanted
    assert [one["due"] for one in listed["items"] if one["id"] in wanted] == [
        "2042-03-05",
        "2042-03-10",
        None,
        "2042-02-10",
    ]
    clock.moment = datetime(2042, 3, 9, 9, tzinfo=SHANGHAI)
    listed = await _listed(counter, "/pushes?division=14&limit=200")
    late = [one["id"] for one in listed["items"] if one["late"]]
    assert str(old.matter) in late, "due on 10 February"
    assert str(sooner.matter) not in late, "aimed at on the 5th, late only after the 10th"
    first = await _listed(counter, "/pushes?month=2042-02&division=14&limit=2")
    second = await _listed(counter, f"/pushes?month=2042-02&division=14&limit=2&cursor={first['next']}")
    assert [one["id"] for page in (first, second) for one in page["items"]] == wanted[:3]


async def _due(worker: Database, task: str, due: date) -> None:
    async with worker.transaction(WHOLE) as session:
        period = await session.get_one(PeriodRow, (await session.get_one(TaskRow, task)).period_id)
        period.work_target, period.late_after = due, due.replace(day=10)


async def _listed(counter: Counter, path: str) -> dict[str, list[dict[str, object]]]:
    answer = await counter.as_(PROVINCE, "GET", path)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())
