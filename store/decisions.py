"""Decisions as they were made: outcome, grounds, facts, trace and the parameter versions relied on. Never rewritten."""

import uuid
from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from policy.money import ZERO
from store.base import Base, Codes, Json, Key, Moment, Yuan


class DecisionRow(Base):
    """The assessment of an application; a newer one supersedes it, the approved one is `final`."""

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("(outcome = 'parameter_missing') = (amount is null)", "amount"),
        CheckConstraint("coalesce(in_cap, 0) + care_aid <= coalesce(amount, 0)", "parts"),
        Index("decision_final_once", "application_id", unique=True, postgresql_where=text("final")),
    )

    id: Mapped[Key]
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application.id"), index=True)
    division: Mapped[str]
    outcome: Mapped[str]
    amount: Mapped[Yuan | None]
    as_of: Mapped[date]
    category: Mapped[str | None]
    base: Mapped[Decimal | None]
    grounds: Mapped[Codes]
    trace: Mapped[Json]
    facts: Mapped[Json]
    parameters: Mapped[Json]
    missing: Mapped[Codes]
    marks: Mapped[Codes]
    made_at: Mapped[Moment]
    final: Mapped[bool] = mapped_column(default=False)
    in_cap: Mapped[Yuan | None]
    """The part of the amount that uses up the year's cap; None: all of it."""
    in_deductible: Mapped[Yuan | None]
    """The part of the base that uses up the year's deductible; None: all of it."""
    care_aid: Mapped[Yuan] = mapped_column(default=ZERO, server_default="0")
    facts_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """{facts, parameters}: everything that it was made of, enough to make it again. None where a person refused."""
