"""Who signs in, their sessions, the answers kept for repeated requests, and the log of every look at personal data."""

import uuid

from sqlalchemy import BigInteger, ForeignKey, Identity, LargeBinary
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from store.base import Base, Json, Key, Moment


class AccountRow(Base):
    __tablename__ = "account"

    id: Mapped[Key]
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    level: Mapped[str]
    department: Mapped[str]
    role: Mapped[str]
    division: Mapped[str] = mapped_column(index=True)
    password_hash: Mapped[str]
    email: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    demonstration: Mapped[bool] = mapped_column(default=False)


class SessionRow(Base):
    """A signed-in browser or program. Only the hash of its token is kept; times are the system's, not the story's."""

    __tablename__ = "session"

    id: Mapped[Key]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), index=True)
    csrf: Mapped[str]
    created_at: Mapped[Moment]
    seen_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    stepped_up_until: Mapped[Moment | None]
    """Until when the person counts as having given the password again, for what asks for it twice."""


class IdempotencyRow(Base):
    """The answer given to a request with an Idempotency-Key: ids only, so that it may be given again."""

    __tablename__ = "idempotency"

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes]
    status: Mapped[int]
    answer: Mapped[Json]
    at: Mapped[Moment]


class AccessLogRow(Base):
    """One look at personal data: who, whose, which fields, what for (C-22). Append-only."""

    __tablename__ = "access_log"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[Moment]
    reader: Mapped[str]
    """The account's id, or `system:<activity>`."""
    division: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[uuid.UUID] = mapped_column(index=True)
    fields: Mapped[list[str]] = mapped_column(ARRAY(String))
    purpose: Mapped[str]
    """A code, never typed words: those are sealed."""
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What the reader typed about it, sealed with the subject's id."""


class HeartbeatRow(Base):
    """When a part of the house was last known to work, e.g. the probe workflow."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[Moment]
    detail: Mapped[str]
