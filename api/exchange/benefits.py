"""The persons of a batch that the bureau has shared with civil affairs, for the two offices of that county; logged."""

import asyncio
import uuid
from typing import Any

from sqlalchemy import select

from api.errors import not_allowed, not_found
from api.identity import CurrentUser
from api.services import Services
from policy.access import Action, may
from store.benefits import SharedBenefitRow
from store.disclosure import Cell, Look, disclose_all
from store.sharings import SharingRow

HEADINGS = {
    "name": "姓名",
    "id_number": "身份证号码",
    "insurance": "参保险种",
    "basic": "基本医保支付",
    "critical_illness": "大病保险支付",
    "aid": "医疗救助支付",
    "burden": "个人累计负担",
}
INSURANCES = {"residents": "居民医保", "employees": "职工医保"}


async def shared_rows(services: Services, user: CurrentUser, sharing_id: uuid.UUID) -> bytes:
    """The batch as a workbook. Raises Refusal 403, 404."""
    if not may(user.post, Action.READ_BENEFITS):
        raise not_allowed("您的岗位不能查看共享的个人数据")
    async with services.database.transaction(user.scope) as session:
        sharing = await session.get(SharingRow, sharing_id)
        if sharing is None or sharing.upload_id is None:
            raise not_found()
        rows = await session.scalars(
            select(SharedBenefitRow)
            .where(SharedBenefitRow.upload_id == sharing.upload_id)
            .order_by(SharedBenefitRow.id)
        )
        cells = [Cell("shared_benefit", "sealed", row.id, row.sealed) for row in rows]
        if not cells:
            raise not_found()
        now = services.clock.now()
        look = Look(str(user.id), "sharing", sharing.id, sharing.division, "sharing.read", now)
        opened = disclose_all(session, services.vault, look, ["benefits"], cells)
    return await asyncio.to_thread(_workbook, opened)


def _workbook(persons: list[dict[str, Any]]) -> bytes:
    from exchange.workbook import Book  # heavy: only where one is made

    book = Book()
    sheet = book.sheet("参保和待遇数据")
    sheet.write_row(0, 0, list(HEADINGS.values()), book.header)
    for line, person in enumerate(persons, start=1):
        shown = {**person, "insurance": INSURANCES.get(person.get("insurance", ""), "")}
        for column, name in enumerate(HEADINGS):
            sheet.write_string(line, column, shown.get(name, ""), book.text)
    sheet.set_column(0, len(HEADINGS), 18)
    return book.done()
