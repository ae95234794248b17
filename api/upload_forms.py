"""The empty form 模板 of a kind of table, its drop-down lists filled with what the reader's own place and department may write."""

import asyncio
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.identity import PROVIDED
from activities.imports.townships import townships_of
from api.errors import not_allowed
from api.identity import CurrentUser
from api.services import Services
from api.upload_view import kind_of
from exchange.marks import Mark
from exchange.templates import template
from policy.access import Action, may
from policy.clock import today
from store.rulebook import load_rulebook


async def empty_form(services: Services, user: CurrentUser, code: str) -> bytes:
    """The workbook. Raises Refusal: 403, or 404 for a kind that nobody hands in."""
    if not may(user.post, Action.VIEW_UPLOADS):
        raise not_allowed("您的岗位不能下载报送表格")
    kind = kind_of(code)
    async with services.database.transaction(user.scope) as session:
        offered = await _offered(session, services, user)
    if kind.action is not Action.UPLOAD_IDENTITY:
        offered.pop("category")
    columns = [replace(one, choices=offered.get(one.name) or one.choices) for one in kind.columns]
    return await asyncio.to_thread(template, kind.label, columns, Mark(kind.code, kind.version), kind.help, kind.annex)


async def _offered(session: AsyncSession, services: Services, user: CurrentUser) -> dict[str, tuple[str, ...]]:
    """By column: the townships of the reader's county, and the categories that their department provides there."""
    division, day = user.division, today(services.clock)
    rulebook = await load_rulebook(session, division, day)
    sources = ((one, rulebook.find(f"CATEGORY_SOURCE({one.value})", day)) for one in PROVIDED)
    own = tuple(one.label for one, source in sources if source and source.value == user.post.department.value)
    return {"township": tuple(await townships_of(session, division, day)), "category": own}
