"""Forms put aside: sealed, kept for their own account alone, gone when the form is sent."""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal
from api.identity import CurrentUser
from api.services import Services
from store.disclosure import Cell, Look, disclose
from store.drafts import DraftRow

MOST = 100
LARGEST = 200_000
"""Characters of one draft as JSON."""


async def keep_draft(services: Services, user: CurrentUser, key: str, content: dict[str, Any]) -> None:
    """Puts the form aside under `key`, in place of an earlier draft. Raises Refusal."""
    if len(str(content)) > LARGEST:
        raise Refusal(413, "too-large", "草稿过大，不能保存", "the draft is too large")
    sealed = services.vault.seal("draft", "content", _row(user, key), content)
    now = services.clock.now()
    async with services.database.transaction(user.scope) as session:
        kept = await session.scalars(select(DraftRow.key).where(DraftRow.account_id == user.id))
        keys = kept.all()
        if key not in keys and len(keys) >= MOST:
            raise Refusal(409, "too-many-drafts", f"草稿已满{MOST}份，请先清理", f"there are {MOST} drafts already")
        await session.execute(
            insert(DraftRow)
            .values(account_id=user.id, key=key, content_sealed=sealed, saved_at=now)
            .on_conflict_do_update(
                index_elements=["account_id", "key"], set_={"content_sealed": sealed, "saved_at": now}
            )
        )


async def open_draft(services: Services, user: CurrentUser, key: str) -> dict[str, Any] | None:
    async with services.database.transaction(user.scope) as session:
        return await drafted(services, session, user, key)


async def drafted(services: Services, session: AsyncSession, user: CurrentUser, key: str) -> dict[str, Any] | None:
    """What was put aside under `key`; the look is logged as every other."""
    row = await session.get(DraftRow, (user.id, key))
    if row is None:
        return None
    look = Look(str(user.id), "account", user.id, user.division, "draft.open", services.clock.now())
    cell = Cell("draft", "content", _row(user, key), row.content_sealed)
    content: dict[str, Any] = disclose(session, services.vault, look, {"draft": cell})["draft"]
    return content


async def throw_away(services: Services, user: CurrentUser, key: str) -> None:
    """The draft under `key`, and those under `key/…`; nothing when there is none."""
    async with services.database.transaction(user.scope) as session:
        await session.execute(
            delete(DraftRow).where(
                DraftRow.account_id == user.id,
                (DraftRow.key == key) | DraftRow.key.startswith(f"{key}/", autoescape=True),
            )
        )


def _row(user: CurrentUser, key: str) -> str:
    return f"{user.id}/{key}"
