"""附件2, 附件3, 附件4 and plain lists as papers: the same lists that leave as workbooks, to be printed and sealed."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Self

from notifications.papers import Paper
from policy.lists_out import CertificateForm, Household, ListColumn, PlainList, RosterForm, Tick
from policy.money import yuan


@dataclass(frozen=True, repr=False)
class Group:
    """A household: what is said once, and the own cells of each member."""

    shared: tuple[str, ...]
    members: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True, repr=False)
class RosterPaper(Paper):
    """附件2 or 附件3 (A-62, A-63)."""

    folder = "roster_form"
    title = "医疗救助重点救助对象名单"

    annex: int
    heading: str
    unit: str
    ticks: tuple[Tick, ...]
    headings: tuple[str, ...]
    households: tuple[Group, ...]
    notes: tuple[str, ...]
    filled_on: date

    @classmethod
    def of(cls, form: RosterForm) -> Self:
        return cls(
            demonstration=form.demonstration,
            annex=form.annex,
            heading=form.title,
            unit=form.unit,
            ticks=form.ticks,
            headings=form.headings,
            households=tuple(_group(form, household) for household in form.households),
            notes=form.notes,
            filled_on=form.day,
        )

    @property
    def day(self) -> date:
        return self.filled_on


@dataclass(frozen=True, kw_only=True, repr=False)
class CertificatePaper(Paper):
    """附件4 (A-67)."""

    folder = "adjustment_certificate"
    title = "医疗救助重点救助对象动态调整情况证明"

    certificate: CertificateForm

    @classmethod
    def of(cls, form: CertificateForm) -> Self:
        return cls(demonstration=form.demonstration, certificate=form)

    @property
    def day(self) -> date:
        return self.certificate.day


@dataclass(frozen=True, kw_only=True, repr=False)
class ListPaper(Paper):
    """A list without an official form."""

    folder = "plain_list"
    title = "部门间信息共享名单"

    heading: str
    facts: tuple[tuple[str, str], ...]
    columns: tuple[ListColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    signers: tuple[str, ...]
    unit: str
    made_on: date

    @classmethod
    def of(cls, made: PlainList) -> Self:
        return cls(
            demonstration=made.demonstration,
            heading=made.title,
            facts=made.facts,
            columns=made.columns,
            rows=tuple(_row(made.columns, row) for row in (*made.rows, *([made.total] if made.total else []))),
            notes=made.notes,
            signers=made.signers,
            unit=made.unit,
            made_on=made.day,
        )

    @property
    def day(self) -> date:
        return self.made_on


def _group(form: RosterForm, household: Household) -> Group:
    return Group(household.shared, tuple(form.own_cells(member) for member in household.members))


def _row(columns: tuple[ListColumn, ...], row: tuple[str, ...]) -> tuple[str, ...]:
    """Money with its separators."""
    pairs = zip(columns, row, strict=True)
    return tuple(yuan(Decimal(words)) if column.kind == "money" and words else words for column, words in pairs)
