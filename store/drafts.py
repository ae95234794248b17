"""Forms that were begun and not sent: sealed, each its own account's alone."""

import uuid

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, Moment


class DraftRow(Base):
    """`key` says of which form: `application`, `answer/<task>/<outcome>`."""

    __tablename__ = "draft"

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    content_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[Moment]
