"""Keys of partner systems 对接系统: by which another department's program hands lists in, or fetches identities (C-29).

A key stands for one account, which answers for what comes in by it; only its hash is kept. It is never changed: a new one
is made and the old one revoked.
"""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from store.accounts import AccountRow
from store.base import Base, Key, Moment

PREFIX = "jzp_"
"""By which a key is told from a session's token."""
SHOWN = 10
"""Characters of a key by which people know it."""


class PartnerKeyRow(Base):
    __tablename__ = "partner_key"

    id: Mapped[Key]
    key_hash: Mapped[bytes] = mapped_column(unique=True)
    hint: Mapped[str]
    """Its first characters."""
    name: Mapped[str]
    """Which system it was given to."""
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    division: Mapped[str]
    department: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(String))
    """What may be handed in with it; `identities` for fetching."""
    created_by: Mapped[str]
    created_at: Mapped[Moment]
    revoked_by: Mapped[str | None]
    revoked_at: Mapped[Moment | None]
    last_used_at: Mapped[Moment | None]


def new_key() -> str:
    """A fresh one, to be shown once."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_of(key: str) -> bytes:
    """A key has 256 bits of its own: a plain hash cannot be searched for it."""
    return hashlib.sha256(key.encode()).digest()


def enter_key(
    session: AsyncSession, key: str, account: AccountRow, name: str, kinds: Sequence[str], *, by: str, at: datetime
) -> PartnerKeyRow:
    """The key in the account's name, added to the session."""
    row = PartnerKeyRow(
        key_hash=hash_of(key),
        hint=key[:SHOWN],
        name=name,
        account_id=account.id,
        division=account.division,
        department=account.department,
        kinds=sorted(set(kinds)),
        created_by=by,
        created_at=at,
    )
    session.add(row)
    return row


async def find_key(session: AsyncSession, key: str) -> tuple[PartnerKeyRow, AccountRow] | None:
    """The key that is not revoked, with the account that answers for it, while that is active and where it was then.

    Whoever has gone to another office takes no key along: what it opens belongs to the office.
    """
    found = await session.execute(
        select(PartnerKeyRow, AccountRow)
        .join(AccountRow, AccountRow.id == PartnerKeyRow.account_id)
        .where(PartnerKeyRow.key_hash == hash_of(key), PartnerKeyRow.revoked_at.is_(None), AccountRow.active)
        .where(AccountRow.division == PartnerKeyRow.division, AccountRow.department == PartnerKeyRow.department)
    )
    row = found.one_or_none()
    return (row[0], row[1]) if row else None


async def keys_under(session: AsyncSession, division: str) -> Sequence[PartnerKeyRow]:
    """All keys of the division and below it, the newest first."""
    found = await session.scalars(
        select(PartnerKeyRow)
        .where(PartnerKeyRow.division >= division, PartnerKeyRow.division < division + ":")
        .order_by(PartnerKeyRow.id.desc())
    )
    return found.all()
