"""Orders (督办) and second opinions (会签): questions to an office beside the main step, each with a procedure of its own."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, Key, Moment


class OrderRow(Base):
    """A question about a task, to the post that it is asked of.

    `kind`: `order` (督办, by who stands above) or `opinion` (会签, by who has to decide). The reply is the answer of the
    task of workflow `order/<id>` or `opinion/<id>`; `closed_at` is when who ordered was content with it.
    """

    __tablename__ = "office_order"
    __table_args__ = (
        CheckConstraint("kind in ('order', 'opinion')", "kind"),
        CheckConstraint("kind <> 'order' or due_on is not null", "order_has_day"),
        Index("office_order_application_idx", "application_id", "id"),
    )

    id: Mapped[Key]
    kind: Mapped[str]
    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("task.id"), index=True)
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application.id"))
    division: Mapped[str]
    level: Mapped[str]
    department: Mapped[str]
    role: Mapped[str]
    due_on: Mapped[date | None]
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    asked_on: Mapped[date]
    asked_at: Mapped[Moment]
    closed_at: Mapped[Moment | None]
