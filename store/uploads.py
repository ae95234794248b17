"""Tables that offices hand in: the file (sealed, under the upload's id), the fate of each of its rows, and their batches."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, LargeBinary, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from policy.exchange_terms import Carrier
from policy.terms import RowFate, UploadState
from store.base import Base, Json, Key, Moment

_STATES = ", ".join(f"'{state.value}'" for state in UploadState)
_FATES = ", ".join(f"'{fate.value}'" for fate in RowFate)
FINISHED = tuple(
    state.value for state in (UploadState.SPLIT, UploadState.DONE, UploadState.REFUSED, UploadState.DISCARDED)
)
NOT_HANDED_IN = (UploadState.REFUSED.value, UploadState.DISCARDED.value)
"""Nothing of these was taken in, and the same file may come again."""


class UploadRow(Base):
    """One table of one department of a county. Its counts are written when it is done, and must add up."""

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint(f"state in ({_STATES})", "state"),
        CheckConstraint("state <> 'done' or rows_in = accepted + returned + duplicate", "every_row_accounted_for"),
        CheckConstraint("(state = 'refused') = (problem is not null)", "refused_for_a_reason"),
        CheckConstraint("(state in ('split', 'done', 'refused', 'discarded')) = (finished_at is not null)", "finished"),
        CheckConstraint("state not in ('checked', 'discarded') or preview", "only_a_preview_is_checked"),
        CheckConstraint("batch_no = 1 or continues is not null", "only_a_correction_continues"),
        CheckConstraint("(part_of is null) = (sheets_taken is null)", "a_part_has_its_sheets"),
        CheckConstraint("part_of is null or state <> 'split'", "parts_are_not_split"),
        CheckConstraint("discarded_by is null or state = 'discarded'", "discarded_by_somebody"),
        CheckConstraint("file_removed_at is null or state = 'discarded'", "only_discarded_files_go"),
        Index(
            "upload_same_file_once",
            *("division", "department", "kind", "month", "category", "sha256"),
            unique=True,
            postgresql_where=text("part_of is null and state not in ('refused', 'discarded')"),
            postgresql_nulls_not_distinct=True,
        ),
        Index("upload_part_once", "part_of", "category", unique=True),
        Index(
            "upload_file_to_remove",
            "id",
            postgresql_where=text("state = 'checked' or (state = 'discarded' and file_removed_at is null)"),
        ),
        Index("upload_division_id_idx", "division", "id"),
        Index(
            "upload_waiting_idx",
            *("kind", "division", "department"),
            postgresql_where=text("state in ('received', 'working')"),
        ),
        Index("upload_continues_idx", "continues", postgresql_where=text("continues is not null")),
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
    carrier: Mapped[str] = mapped_column(server_default=text("'file'"), default=Carrier.FILE.value)
    """How it travelled (C-29): a file, or a partner's interface."""
    preview: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    """To be looked at before it is taken in; false from the confirmation on."""
    confirmed_at: Mapped[Moment | None]
    """When a table that was looked at first was confirmed."""
    progress: Mapped[int | None]
    """Rows looked at so far, where they have no fates of their own yet."""
    sheets: Mapped[int | None]
    facts_sealed: Mapped[bytes | None]
    """What was read above the tables, in the words of the office: {sheets: […], certificate}."""
    continues: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("upload.id"))
    """The first upload of the batch, for the corrected receipts that followed it."""
    batch_no: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    """1 for the first upload of a batch, 2 for the first corrected receipt."""

    category: Mapped[str | None]
    """Whose list it is, where it was said beside the file, or of a part: the same file may be handed in for another one."""
    part_of: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("upload.id"))
    """The upload whose file has a sheet per category; the file is kept under its id."""
    sheets_taken: Mapped[list[int] | None] = mapped_column(ARRAY(Integer))
    """Of a part: the numbers of its sheets."""
    discarded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    """None where nobody confirmed it in time."""
    file_removed_at: Mapped[Moment | None]
    """When the file of an upload that was thrown away was removed, with all that was looked at."""

    @property
    def file(self) -> uuid.UUID:
        """Under which id its file is kept."""
        return self.part_of or self.id

    @property
    def provided_at(self) -> datetime:
        """When the office provided it: a table that was looked at first, with its confirmation."""
        return self.confirmed_at or self.created_at

    @property
    def batch(self) -> uuid.UUID:
        return self.continues or self.id


class UploadLineRow(Base):
    """The fate of one row, decided once. `reasons`: [{cell, label, code, zh, en, clause}], without personal data."""

    __tablename__ = "upload_row"
    __table_args__ = (
        CheckConstraint(f"fate in ({_FATES})", "fate"),
        CheckConstraint("fate <> 'returned' or reasons <> '[]'", "returned_for_a_reason"),
    )

    upload_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upload.id"), primary_key=True)
    sheet: Mapped[int] = mapped_column(primary_key=True, server_default=text("1"), default=1)
    row_number: Mapped[int] = mapped_column(primary_key=True)
    division: Mapped[str]
    department: Mapped[str]
    fate: Mapped[str]
    reasons: Mapped[Json]
    decided_at: Mapped[Moment]
    origin: Mapped[str | None]
    """Of a corrected row: the row of which upload of the batch it stands for, 1/1-5."""


class UploadForecastRow(Base):
    """What would become of a row, as looked at before the table is taken in; accepted ones are left out."""

    __tablename__ = "upload_forecast"
    __table_args__ = (CheckConstraint(f"fate in ({_FATES}) and fate <> 'accepted'", "fate"),)

    upload_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upload.id"), primary_key=True)
    sheet: Mapped[int] = mapped_column(primary_key=True)
    row_number: Mapped[int] = mapped_column(primary_key=True)
    division: Mapped[str]
    department: Mapped[str]
    fate: Mapped[str]
    reasons: Mapped[Json]


async def parts_of_upload(session: AsyncSession, upload: uuid.UUID) -> Sequence[UploadRow]:
    """The lists of a file that has a sheet per category, in the order of their sheets; none for any other."""
    found = await session.scalars(select(UploadRow).where(UploadRow.part_of == upload).order_by(UploadRow.sheets_taken))
    return found.all()


async def parts_of_uploads(session: AsyncSession, uploads: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[UploadRow]]:
    """As `parts_of_upload`, of many; only those that have parts."""
    asked = select(UploadRow).where(UploadRow.part_of.in_(uploads)).order_by(UploadRow.sheets_taken)
    found: dict[uuid.UUID, list[UploadRow]] = {}
    for part in await session.scalars(asked):
        found.setdefault(part.part_of or part.id, []).append(part)
    return found


async def same_file_before(session: AsyncSession, row: UploadRow) -> Sequence[UploadRow]:
    """Earlier uploads of the very same file by the same department, for another list: latest first."""
    found = await session.scalars(
        select(UploadRow)
        .where(
            UploadRow.division == row.division,
            UploadRow.department == row.department,
            UploadRow.sha256 == row.sha256,
            UploadRow.id < row.id,
            UploadRow.part_of.is_(None),
            UploadRow.state.not_in(NOT_HANDED_IN),
        )
        .order_by(UploadRow.id.desc())
    )
    return found.all()


async def is_under_way(session: AsyncSession, kind: str, division: str, month: date) -> bool:
    """Whether a table of that kind about the month is waiting to be taken in, or is being taken in."""
    waiting = await session.scalar(
        select(UploadRow.id)
        .where(
            UploadRow.kind == kind,
            UploadRow.division == division,
            UploadRow.month == f"{month:%Y-%m}",
            UploadRow.state.in_((UploadState.RECEIVED.value, UploadState.WORKING.value)),
        )
        .limit(1)
    )
    return waiting is not None


async def decided_rows(session: AsyncSession, upload: uuid.UUID) -> set[tuple[int, int]]:
    """Sheet and number of the rows whose fate is known."""
    found = await session.execute(
        select(UploadLineRow.sheet, UploadLineRow.row_number).where(UploadLineRow.upload_id == upload)
    )
    return {(sheet, number) for sheet, number in found}


async def settle(session: AsyncSession, upload: uuid.UUID, verdict: UploadState, by: uuid.UUID, at: datetime) -> bool:
    """What was looked at is taken in (`received`) or thrown away (`discarded`), with its parts; False where it does not wait
    for that.
    """
    asked = text("select settle_upload(:upload, :verdict, :by, :at)")
    told = {"upload": upload, "verdict": verdict.value, "by": by, "at": at}
    return await session.scalar(asked, told) is not None
