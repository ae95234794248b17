"""Applications for aid (W01) with their papers, public notices and refusals (W02)."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from policy.terms import ApplicationStatus
from store.base import Base, Codes, Key, Moment, Yuan

_STATUSES = ", ".join(f"'{status.value}'" for status in ApplicationStatus)


class ApplicationRow(Base):
    """One application. `division` is the township that it was handed in at."""

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint(f"status in ({_STATUSES})", "status"),
        CheckConstraint("compliant_total <= total", "costs"),
        CheckConstraint("treatment in ('inpatient', 'outpatient')", "treatment"),
        CheckConstraint("status <> 'paid' or closed_at is not null", "paid_is_closed"),
        Index(
            "application_settlement_once",
            "person_id",
            "settlement_index",
            unique=True,
            postgresql_where=text("status not in ('withdrawn', 'rejected', 'lapsed')"),
        ),
        Index("application_division_id_idx", "division", "id"),
    )

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(unique=True)
    division: Mapped[str]
    category: Mapped[str]
    status: Mapped[str]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    household_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("household.id"))
    residence: Mapped[str]
    registered_in: Mapped[str]
    recognised_in: Mapped[str | None]
    insured_in: Mapped[str | None]
    submitted_on: Mapped[date]
    filed_at: Mapped[Moment]
    filed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    accepted_on: Mapped[date | None]
    last_act_on: Mapped[date]
    """The day of the last act: no later act may be dated before it."""
    pending_papers: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[Moment | None]
    opening: Mapped[int] = mapped_column(default=1)
    """1, and one more each time that the case is reopened; the history of the earlier openings stays."""
    resume_at: Mapped[str] = mapped_column(default="acceptance")
    reopened_on: Mapped[date | None]
    moving_to: Mapped[str | None]
    """The township that the household has moved to, until the procedure has handed the case over."""
    deceased_on: Mapped[date | None]
    payee_checked_on: Mapped[date | None]
    """When the payee was last corrected or confirmed; a person is not paid after a death without it."""
    direct: Mapped[bool] = mapped_column(default=False)
    """Without survey and township notice: the person was marked on the day of settlement (A-43, D-23)."""

    applicant_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """{name, id_number, phone, address, household: [{name, id_number, relation}]}."""
    medical_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """{disease_code, joint_replacement, late_stage, settlement_no, filing_no, referral_no}."""
    payee_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """{name, account, bank}."""
    paper_reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    settlement_index: Mapped[bytes]

    total: Mapped[Yuan]
    compliant_total: Mapped[Yuan]
    basic: Mapped[Yuan]
    critical_illness: Mapped[Yuan]
    supplementary: Mapped[Yuan]
    commercial: Mapped[Yuan]
    preferential_subsidy: Mapped[Yuan]
    mutual_aid: Mapped[Yuan]
    institution_code: Mapped[str | None]
    admitted_on: Mapped[date]
    discharged_on: Mapped[date]
    settled_on: Mapped[date] = mapped_column(index=True)
    out_of_region: Mapped[bool]
    one_stop: Mapped[bool]
    treatment: Mapped[str] = mapped_column(default="inpatient", server_default="inpatient")
    referred: Mapped[bool] = mapped_column(default=False, server_default=false())
    in_province: Mapped[bool] = mapped_column(default=False, server_default=false())
    remote_filed: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether treatment out of the region was filed beforehand; its number is sealed (A-43)."""
    payee_kind: Mapped[str]

    @property
    def pinned_on(self) -> date:
        """The day on which the rules of its procedure are pinned (processes 3.0)."""
        return self.submitted_on

    @property
    def key(self) -> str:
        """The business key of its procedures: the number, and the opening from the second one on."""
        return self.number if self.opening == 1 else f"{self.number}/{self.opening}"


class PaperRow(Base):
    """One of the applicant's papers (A-37). `state`: given, pending (容缺, to follow), supplied (came later)."""

    __tablename__ = "application_paper"
    __table_args__ = (CheckConstraint("state = 'pending' or file_id is not null", "file"),)

    id: Mapped[Key]
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application.id"), index=True)
    division: Mapped[str]
    kind: Mapped[str]
    state: Mapped[str]
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("file.id"))
    reference_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """{no} of a recognition."""
    dated: Mapped[date | None]
    received_on: Mapped[date | None]


class PublicityRow(Base):
    """A public notice 公示 at township or county (A-40, A-41). `last_day` moves with the calendar; None while a parameter is missing."""

    __tablename__ = "publicity"
    __table_args__ = (UniqueConstraint("application_id", "level", "round"),)

    id: Mapped[Key]
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application.id"))
    division: Mapped[str]
    level: Mapped[str]
    round: Mapped[int]
    posted_on: Mapped[date]
    last_day: Mapped[date | None]
    result: Mapped[str | None]
    result_on: Mapped[date | None]
    poster_file: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("file.id"))


class RefusalRow(Base):
    """A refusal and its written notice 附件5 (A-42, A-68). The number is unique per township and year."""

    __tablename__ = "refusal"
    __table_args__ = (
        UniqueConstraint("application_id", "opening"),
        UniqueConstraint("number_division", "number_year", "number_serial"),
        CheckConstraint("(issued_on is null) = (number_serial is null)", "numbered_when_issued"),
        CheckConstraint("(delivered_on is null) = (suit_until is null)", "remedies_from_delivery"),
    )

    id: Mapped[Key]
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application.id"))
    division: Mapped[str]
    status: Mapped[str]
    opening: Mapped[int] = mapped_column(default=1)
    level: Mapped[str]
    provisions: Mapped[Codes]
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    decided_on: Mapped[date]
    number_division: Mapped[str | None]
    """The township whose series the number is of; the case may have moved to another since."""
    number_year: Mapped[int | None]
    number_serial: Mapped[int | None]
    issued_on: Mapped[date | None]
    notice_file: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("file.id"))
    delivered_on: Mapped[date | None]
    method: Mapped[str | None]
    reconsideration_until: Mapped[date | None]
    suit_until: Mapped[date | None]

    @property
    def number(self) -> str | None:
        """As printed: 〔2025〕第1号."""
        return f"〔{self.number_year}〕第{self.number_serial}号" if self.number_serial else None


class RemedyRow(Base):
    """A reconsideration (行政复议) or suit (行政诉讼) against a refusal (A-68): filed, and its result."""

    __tablename__ = "remedy"
    __table_args__ = (
        CheckConstraint("kind in ('reconsideration', 'suit')", "kind"),
        CheckConstraint("(result is null) = (result_on is null)", "result_has_day"),
        Index("remedy_open_once", "refusal_id", unique=True, postgresql_where=text("result is null")),
    )

    id: Mapped[Key]
    refusal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("refusal.id"))
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application.id"), index=True)
    division: Mapped[str]
    kind: Mapped[str]
    filed_on: Mapped[date]
    typed_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """{body, note}: what was typed about it."""
    entered_at: Mapped[Moment]
    entered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    result: Mapped[str | None]
    result_on: Mapped[date | None]


class SerialRow(Base):
    """The last number given out in a series of a division and year."""

    __tablename__ = "serial"

    series: Mapped[str] = mapped_column(primary_key=True)
    division: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
