"""A second objection that did not hold: what was left of the notice is entered once, however often the procedure asks."""

import uuid
from datetime import date

from sqlalchemy import select

from activities.correspondence import Correspondence
from activities.issuing import Issuing
from activities.public_notices import Dismissal, PublicNotices
from api.services import Services
from store.applications import PublicityRow
from store.database import WHOLE, Database
from store.timeline import TimelineRow
from tests.api.conftest import Counter, StoppedClock


async def test_that_a_notice_goes_on_is_entered_once(
    counter: Counter, worker: Database, services: Services, clock: StoppedClock
) -> None:
    """Posted Wed 5 March, objection Mon 10, dismissed Wed 12: two days stood still, so it counts as posted on Fri 7."""
    filed = await counter.file()
    case = uuid.UUID(filed["id"])
    async with worker.transaction(WHOLE) as session:
        for round in (1, 2):
            stopped = {"result": "objection", "result_on": date(2025, 3, 10)}
            session.add(
                PublicityRow(
                    id=uuid.uuid4(),
                    application_id=case,
                    division=filed["number"][:9],
                    level="township",
                    round=round,
                    posted_on=date(2025, 3, 5),
                    **stopped,
                )
            )
    issuing = Issuing(services.vault, services.files, Correspondence("http://counter.test", 15))
    notices = PublicNotices(worker, clock, issuing)
    dismissal = Dismissal(filed["id"], "2025-03-05", "2025-03-10", "2025-03-12")
    for _time in range(2):
        assert (await notices.dismissed(dismissal)).deemed_posted_on == "2025-03-07"
    async with worker.transaction(WHOLE) as session:
        entries = select(TimelineRow).where(
            TimelineRow.subject_id == case, TimelineRow.tag == "procedure:notice:resumed"
        )
        [entry] = (await session.scalars(entries)).all()
    # Five working days from Mon 10: to Fri 14.
    assert (entry.day, entry.codes) == (date(2025, 3, 12), {"posted_on": "2025-03-07", "last_day": "2025-03-14"})
