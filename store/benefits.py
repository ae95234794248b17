"""What the medical-insurance bureau shares about persons with civil affairs in a month (C-04), row by row and sealed."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from store.base import Base, Key, Moment
from store.vault import Vault


class SharedBenefitRow(Base):
    """One person in one month, as provided last. `sealed`: {name, id_number, insurance, basic, …}, money as text."""

    __tablename__ = "shared_benefit"
    __table_args__ = (
        UniqueConstraint("division", "month", "id_index"),
        Index("shared_benefit_upload_idx", "upload_id"),
    )

    id: Mapped[Key]
    division: Mapped[str]
    month: Mapped[date]
    id_index: Mapped[bytes] = mapped_column(LargeBinary)
    content_index: Mapped[bytes] = mapped_column(LargeBinary)
    """Blind: tells the same content from another."""
    kinds: Mapped[list[str]] = mapped_column(ARRAY(String))
    """Which kinds of data it holds, by the codes of DATA_LIST."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    upload_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upload.id"))
    provided_at: Mapped[Moment]


class TwiceInTable(Exception):
    """The same person stands twice in one table, with other data."""


async def provide(
    session: AsyncSession,
    vault: Vault,
    content: Mapping[str, Any],
    kinds: Sequence[str],
    *,
    division: str,
    month: date,
    upload: uuid.UUID,
    at: datetime,
) -> bool:
    """Writes what is shared about the person in place of what was shared before; False where that is the very same.

    Raises TwiceInTable.
    """
    id_index = vault.blind("id", content["id_number"])
    content_index = vault.blind("benefit", repr(sorted(content.items())))
    row = await session.scalar(
        select(SharedBenefitRow)
        .where(
            SharedBenefitRow.division == division,
            SharedBenefitRow.month == month,
            SharedBenefitRow.id_index == id_index,
        )
        .with_for_update()
    )
    if row is not None and row.content_index == content_index:
        return False
    if row is not None and row.upload_id == upload:
        raise TwiceInTable
    if row is None:
        row = SharedBenefitRow(id=await session.scalar(select(func.uuidv7())), division=division, month=month)
        row.id_index = id_index
        session.add(row)
    row.content_index, row.kinds, row.upload_id, row.provided_at = content_index, list(kinds), upload, at
    row.sealed = vault.seal("shared_benefit", "sealed", row.id, dict(content))
    await session.flush()
    return True


async def counts_of(session: AsyncSession, upload: uuid.UUID) -> tuple[int, dict[str, int]]:
    """How many persons a table has provided, and how many by kind of data."""
    rows = await session.scalar(
        select(func.count()).select_from(SharedBenefitRow).where(SharedBenefitRow.upload_id == upload)
    )
    kind = func.unnest(SharedBenefitRow.kinds).label("kind")
    each = select(kind).where(SharedBenefitRow.upload_id == upload).subquery()
    counted = await session.execute(select(each.c.kind, func.count()).group_by(each.c.kind).order_by(each.c.kind))
    return rows or 0, {row[0]: row[1] for row in counted}
