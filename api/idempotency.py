"""The same request sent twice is done once: its key and answer (ids only) are kept with the work itself."""

import hmac
import json
from typing import Annotated, Any

from fastapi import Header
from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal
from api.identity import CurrentUser
from api.services import Services
from store.accounts import IdempotencyRow

KeyHeader = Annotated[str | None, Header(alias="Idempotency-Key", max_length=200)]


class Once:
    """One request under its key, inside the transaction that does the work. Without a key it does nothing."""

    def __init__(self, services: Services, user: CurrentUser, key: str | None, what: str, body: Any) -> None:
        self._services, self._user = services, user
        # Blind as well: a program may make its keys of a person's number.
        self._key = services.vault.blind("idempotency_key", key).hex() if key else None
        content = json.dumps(body, ensure_ascii=False, sort_keys=True, default=str)
        # Keyed, because a body may hold an ID number, which a plain hash would let others guess.
        self._hash = services.vault.blind("request", f"{what}|{content}") if key else b""

    async def earlier(self, session: AsyncSession) -> dict[str, Any] | None:
        """The answer given before, or None: this one is to be done. A twin still at work is waited for.

        Raises Refusal 422 when the key came with another request.
        """
        if self._key is None:
            return None
        claimed = await session.scalar(
            insert(IdempotencyRow)
            .values(
                account_id=self._user.id,
                key=self._key,
                request_hash=self._hash,
                status=0,
                answer={},
                at=self._services.system_now(),
            )
            .on_conflict_do_nothing()
            .returning(text("1"))
        )
        if claimed:
            return None
        row = (await session.scalars(select(IdempotencyRow).where(*self._mine()))).one()
        if not hmac.compare_digest(row.request_hash, self._hash):
            raise Refusal(
                422,
                "idempotency-key-reused",
                "该 Idempotency-Key 已用于另一请求",
                "this Idempotency-Key was used for another request",
            )
        return dict(row.answer)

    async def keep(self, session: AsyncSession, status: int, answer: dict[str, Any]) -> None:
        """Keeps the answer: ids only."""
        if self._key is not None:
            await session.execute(update(IdempotencyRow).where(*self._mine()).values(status=status, answer=answer))

    def _mine(self) -> tuple[Any, ...]:
        return IdempotencyRow.account_id == self._user.id, IdempotencyRow.key == self._key
