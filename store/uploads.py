"""Tables that offices hand in: the file (sealed, under the upload's id) and the fate of each of its rows."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from policy.terms import RowFate, UploadState
from store.base import Base, Json, Key, Moment
from store.paging import BadCursor, Page, decode, page

_STATES = ", ".join(f"'{state.value}'" for state in UploadState)
_FATES = ", ".join(f"'{fate.value}'" for fate in RowFate)


class UploadRow(Base):
    """One table of one department of a county. Its counts are written when it is done, and must add up."""

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint(f"state in ({_STATES})", "state"),
        CheckConstraint("state <> 'done' or rows_in = accepted + returned + duplicate", "every_row_accounted_for"),
        CheckConstraint("(state = 'refused') = (problem is not null)", "refused_for_a_reason"),
        CheckConstraint("(state in ('done', 'refused')) = (finished_at is not null)", "finished"),
        Index(
            "upload_same_file_once",
            *("division", "department", "kind", "month", "sha256"),
            unique=True,
            postgresql_where=text("state <> 'refused'"),
            postgresql_nulls_not_distinct=True,
        ),
        Index("upload_division_id_idx", "division", "id"),
    )

    id: Mapped[Key]
    division: Mapped[str]
    department: Mapped[str]
    kind: Mapped[str]
    month: Mapped[str | None]
    state: Mapped[str]
    sha256: Mapped[bytes]
    size: Mapped[int] = mapped_column(BigInteger)
    name_sealed: Mapped[bytes]
    """What the office called the file."""
    fields_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """What was asked for beside the file."""
    uploaded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[Moment]
    rows_in: Mapped[int | None]
    """Known once the file has been read."""
    accepted: Mapped[int | None]
    returned: Mapped[int | None]
    duplicate: Mapped[int | None]
    problem: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))
    """{code, zh, en} of a file that cannot be taken in as a whole."""
    finished_at: Mapped[Moment | None]


class UploadLineRow(Base):
    """The fate of one row, decided once. `reasons`: [{cell, label, code, zh, en, clause}], without personal data."""

    __tablename__ = "upload_row"
    __table_args__ = (
        CheckConstraint(f"fate in ({_FATES})", "fate"),
        CheckConstraint("fate <> 'returned' or reasons <> '[]'", "returned_for_a_reason"),
    )

    upload_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upload.id"), primary_key=True)
    row_number: Mapped[int] = mapped_column(primary_key=True)
    division: Mapped[str]
    department: Mapped[str]
    fate: Mapped[str]
    reasons: Mapped[Json]
    decided_at: Mapped[Moment]


@dataclass(frozen=True)
class Tally:
    """How many rows met which fate so far."""

    accepted: int = 0
    returned: int = 0
    duplicate: int = 0

    @property
    def decided(self) -> int:
        return self.accepted + self.returned + self.duplicate


async def tallies(session: AsyncSession, uploads: Sequence[uuid.UUID]) -> dict[uuid.UUID, Tally]:
    """Counted from the rows themselves."""
    found: dict[uuid.UUID, dict[str, int]] = {upload: {} for upload in uploads}
    counted = await session.execute(
        select(UploadLineRow.upload_id, UploadLineRow.fate, func.count())
        .where(UploadLineRow.upload_id.in_(uploads))
        .group_by(UploadLineRow.upload_id, UploadLineRow.fate)
    )
    for upload, fate, count in counted:
        found[upload][fate] = count
    return {upload: Tally(**fates) for upload, fates in found.items()}


async def decided_rows(session: AsyncSession, upload: uuid.UUID) -> set[int]:
    """The numbers of the rows whose fate is known."""
    return set(await session.scalars(select(UploadLineRow.row_number).where(UploadLineRow.upload_id == upload)))


async def listed(session: AsyncSession, *, kind: str, cursor: str | None, limit: int) -> Page:
    """The uploads that the reader may see, latest first, with what is known of their rows. Raises paging.BadCursor."""
    after = decode(cursor, 1)
    asked = select(UploadRow).order_by(UploadRow.id.desc()).limit(limit + 1)
    if kind:
        asked = asked.where(UploadRow.kind == kind)
    if after:
        asked = asked.where(UploadRow.id < _id(after[0]))
    rows = list(await session.scalars(asked))
    counted = await tallies(session, [row.id for row in rows])
    return page([{"id": row.id, "row": row, "tally": counted[row.id]} for row in rows], limit, ["id"])


def _id(key: str) -> uuid.UUID:
    try:
        return uuid.UUID(key)
    except ValueError:
        raise BadCursor from None


async def reasons_of(
    session: AsyncSession, upload: uuid.UUID, *, after: int = 0, limit: int | None = None
) -> list[UploadLineRow]:
    """The rows that were not accepted, by their numbers, from the one behind `after` on."""
    lines = await session.scalars(
        select(UploadLineRow)
        .where(
            UploadLineRow.upload_id == upload,
            UploadLineRow.fate != RowFate.ACCEPTED.value,
            UploadLineRow.row_number > after,
        )
        .order_by(UploadLineRow.row_number)
        .limit(limit)
    )
    return list(lines)
