"""Rows of several tables that go back together: none is lost where two tables are of one batch."""

import uuid
from datetime import date

from sqlalchemy import func, select

from api.services import Services
from policy.terms import Department
from store.anomalies import AnomalyRow, Batch, Returned, matters_of_batch, open_anomalies, place_of
from store.database import WHOLE, Database
from store.first_returns import open_first
from tests.api.conftest import MORNING

COUNTY, CIVIL_AFFAIRS = "140522", Department.CIVIL_AFFAIRS
TODAY = date(2025, 3, 3)


def returned(number: int) -> Returned:
    reason = {"cell": "name", "label": "姓名", "code": "missing", "zh": "未填写", "en": "is missing", "clause": None}
    return Returned(place_of(uuid.uuid4(), 1, number), 1, number, [reason], {"name": ""}, TODAY)


async def test_two_tables_of_one_batch_that_has_no_matter_yet_share_one(worker: Database, services: Services) -> None:
    batch = Batch(str(uuid.uuid4()), COUNTY, CIVIL_AFFAIRS)
    sent = [(batch, [returned(2)]), (batch, [returned(3), returned(4)])]
    async with worker.transaction(WHOLE) as session:
        for one, rows in await open_first(session, services.vault, sent, at=MORNING, day=TODAY):
            await open_anomalies(session, services.vault, one, rows, at=MORNING, day=TODAY)
    async with worker.transaction(WHOLE) as session:
        (matter,) = await matters_of_batch(session, batch.key, CIVIL_AFFAIRS)
        rows = await session.scalar(select(func.count()).where(AnomalyRow.matter_id == matter.id))
    assert (rows, matter.facts["rows"], matter.facts["open"]) == (3, 3, 3)
