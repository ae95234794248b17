"""Cases copied to somebody for information (抄送)."""

import uuid

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, Key, Moment


class CopyRow(Base):
    """One case to one reader, once; `seen_at` when the reader first opened the case from the list."""

    __tablename__ = "case_copy"
    __table_args__ = (
        UniqueConstraint("application_id", "account_id"),
        Index("case_copy_account_idx", "account_id", "id"),
    )

    id: Mapped[Key]
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application.id"))
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    division: Mapped[str]
    copied_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    copied_at: Mapped[Moment]
    seen_at: Mapped[Moment | None]
