"""Official papers: one dataclass each with all that the paper says, and a folder of the same name.

The folder holds the paper twice: `page.html` for the screen, `page.typ` for the PDF (`notifications/typesetting.py`).
Papers hold personal data. They are stored encrypted and shown through the access log; nothing of them is ever logged, so
no paper has a repr. Where the clock, the law or an office decides a word or a date, the caller passes it in.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import ClassVar, Self

from notifications.templating import TEMPLATES, environment
from policy.deadlines import CALENDAR_DAYS, MONTHS, WORKING_DAYS
from policy.decision import TraceLine
from policy.disbursement import DisbursementRequest
from policy.masking import STAR, mask_id_number, mask_name
from policy.rulebook import Parameter

PAPER_STYLESHEET = TEMPLATES / "papers" / "paper.css"
"""Served beside the papers: the content security policy allows no style inside a page."""

PROVISIONAL_CALENDAR = "注：期限最后一日为法定休假日的，顺延至休假日后的第一个工作日。所涉年度的放假安排尚未公布，最后一日以公布后的安排为准。"

_UNITS = {WORKING_DAYS: "个工作日", CALENDAR_DAYS: "日", MONTHS: "个月"}


def period_in_words(rule: Parameter) -> str:
    """60日, 6个月, 10个工作日. Raises ValueError where the rule is not a period."""
    if rule.unit not in _UNITS or rule.value is None:
        raise ValueError(f"{rule.key} is not a period")
    return f"{rule.value}{_UNITS[rule.unit]}"


@dataclass(frozen=True, kw_only=True, repr=False)
class Paper(ABC):
    folder: ClassVar[str]
    """Under templates/papers/."""
    title: ClassVar[str]

    demonstration: bool
    """Marks every sheet as 演示数据 / DEMO."""

    @property
    @abstractmethod
    def day(self) -> date:
        """The day that the paper bears, and so its PDF: the same paper is the same file whenever it is made."""


@dataclass(frozen=True, repr=False)
class Provision:
    """A provision that is not met: where it stands, and what it asks."""

    citation: str
    text: str


@dataclass(frozen=True, kw_only=True, repr=False)
class RefusalNotice(Paper):
    """附件5 (A-68), to the letter. The county's refusals are issued by the township too (A-42, AMB-9)."""

    folder = "refusal_notice"
    title = "不符合医疗救助条件书面告知书"

    year: int
    serial: int | None
    """None on a preview, before the notice is issued and numbered."""
    applicant_name: str
    submitted_on: date
    provisions: tuple[Provision, ...]
    reason: str
    decision_words: str
    """不予受理, as the form has it; another wording after legal review (AMB-9)."""
    reconsideration_period: str
    """60日, from T-RECON by `period_in_words`."""
    suit_period: str
    """6个月, from T-SUIT."""
    issuer: str
    """北留镇人民政府."""
    issued_on: date
    remark: str | None = None
    """PROVISIONAL_CALENDAR where a last day falls, or may fall, into a year whose holidays have not been published."""

    def __post_init__(self) -> None:
        if not self.provisions or not self.reason.strip():
            raise ValueError("a refusal names the provision and the reason")

    @property
    def number(self) -> str:
        return notice_number(self.year, self.serial) if self.serial else "（预览，未编号）"

    @property
    def day(self) -> date:
        return self.issued_on


def notice_number(year: int, serial: int) -> str:
    """The number of 附件5, unique for a township and a year: 〔2025〕第3号."""
    return f"〔{year}〕第{serial}号"


@dataclass(frozen=True, kw_only=True, repr=False)
class DeliveryRecord(Paper):
    """送达回证: proof of the day on which both periods of appeal began (A-68)."""

    folder = "delivery_record"
    title = "送达回证"

    issuer: str
    case_number: str
    document_title: str
    document_number: str
    recipient_name: str
    method: str
    """直接送达, 留置送达, 邮寄送达, 委托送达."""
    received_by: str | None
    """Who signed, where it was not the recipient; None leaves the line to be filled in by hand."""
    delivered_on: date
    reconsideration_period: str
    reconsideration_until: date
    suit_period: str
    suit_until: date
    remark: str | None = None
    """PROVISIONAL_CALENDAR where a last day falls, or may fall, into a year whose holidays have not been published."""

    @property
    def day(self) -> date:
        return self.delivered_on


@dataclass(frozen=True, repr=False)
class PosterEntry:
    """One line of a public notice. Build it with `of`; a name or an ID number without a star is refused."""

    name: str
    id_number: str
    place: str
    """北留镇章训村: township and village, no house number."""
    category: str
    amount: Decimal | None

    @classmethod
    def of(cls, name: str, id_number: str, place: str, category: str, amount: Decimal | None = None) -> Self:
        """Masks the name and the ID number given in full. `amount` (yuan) on the county's notice only."""
        return cls(mask_name(name), mask_id_number(id_number), place, category, amount)

    def __post_init__(self) -> None:
        if STAR not in self.name or STAR not in self.id_number:
            raise ValueError("a public notice shows neither a full name nor a full ID number")


@dataclass(frozen=True, kw_only=True, repr=False)
class Poster(Paper):
    """公示: masked, with the last day, where to object and the line of the supervising office."""

    issuer: str
    entries: tuple[PosterEntry, ...]
    citation: str
    """晋医保发〔2019〕46号 三（十一）."""
    posted_on: date
    last_day: date
    objection_contact: str
    """Office, telephone and address that take objections."""
    supervision_line: str
    """The office that supervises the notice."""

    @property
    def day(self) -> date:
        return self.posted_on


@dataclass(frozen=True, kw_only=True, repr=False)
class TownshipPoster(Poster):
    """A-40: before the case goes to the county. No amount has been fixed yet."""

    folder = "township_poster"
    title = "医疗救助申请审核公示"

    def __post_init__(self) -> None:
        if any(entry.amount is not None for entry in self.entries):
            raise ValueError("the township publicises no amount")


@dataclass(frozen=True, kw_only=True, repr=False)
class CountyPoster(Poster):
    """A-41: the amount fixed by the county."""

    folder = "county_poster"
    title = "医疗救助审批公示"

    def __post_init__(self) -> None:
        if any(entry.amount is None for entry in self.entries):
            raise ValueError("the county publicises the amount")


@dataclass(frozen=True, repr=False)
class CalculationLine:
    step: str
    formula: str
    value: str
    citation: str | None


def calculation_lines(trace: Iterable[TraceLine], cite: Callable[[str], str]) -> tuple[CalculationLine, ...]:
    """The trace of a decision with its clauses cited; `cite` is `Rulebook.cite`."""
    return tuple(
        CalculationLine(line.step, line.formula, line.value, cite(line.clause) if line.clause else None)
        for line in trace
    )


@dataclass(frozen=True, repr=False)
class ParameterLine:
    """A value relied on, with its paper and how sure it is (来自文件, 本地设置, 待确认, 演示值, 待复核)."""

    key: str
    value: str
    effective_from: date
    document: str
    basis: str


@dataclass(frozen=True, kw_only=True, repr=False)
class CalculationSheet(Paper):
    """计算表: how the amount came about, line by line, and on which numbers."""

    folder = "calculation_sheet"
    title = "医疗救助金额计算表"

    case_number: str
    applicant_name: str
    """In full or masked, as the reader's role may see it."""
    division_name: str
    category: str
    as_of: date
    """The day whose rules were applied."""
    amount: Decimal | None
    """Yuan; None where a parameter is missing."""
    lines: tuple[CalculationLine, ...]
    parameters: tuple[ParameterLine, ...]
    remarks: tuple[str, ...]
    """The decision's marks in words: 沿用上年统计数, 使用演示值, 含待复核参数; missing parameters."""

    @property
    def day(self) -> date:
        return self.as_of


@dataclass(frozen=True, kw_only=True, repr=False)
class AcceptanceReceipt(Paper):
    """受理回执: what was handed in, what may follow (容缺, B-19), and what happens next."""

    folder = "acceptance_receipt"
    title = "医疗救助申请受理回执"

    case_number: str
    issuer: str
    applicant_name: str
    submitted_on: date
    accepted_on: date
    papers: tuple[str, ...]
    pending_papers: tuple[str, ...]
    pending_until: date | None
    survey_until: date | None
    """None without a term."""
    contact: str
    """Office to turn to, with its telephone where it is known."""

    def __post_init__(self) -> None:
        if bool(self.pending_papers) != (self.pending_until is not None):
            raise ValueError("papers that may follow have a last day, and only they")

    @property
    def day(self) -> date:
        return self.accepted_on


@dataclass(frozen=True, kw_only=True, repr=False)
class MissingPapers(Paper):
    """一次性补正告知书: all that is missing, said once (A-37)."""

    folder = "missing_papers"
    title = "医疗救助申请材料一次性补正告知书"

    case_number: str
    issuer: str
    applicant_name: str
    submitted_on: date
    told_on: date
    missing: tuple[str, ...]
    note: str | None
    """What the caseworker added."""
    citation: str
    supply_until: date | None
    """None without a term."""
    contact: str
    """Office to turn to, with its telephone where it is known."""

    def __post_init__(self) -> None:
        if not self.missing:
            raise ValueError("nothing is missing")

    @property
    def day(self) -> date:
        return self.told_on


@dataclass(frozen=True, kw_only=True, repr=False)
class DisbursementPaper(Paper):
    """拨款申请表: the county bureau asks finance to pay (A-51)."""

    folder = "disbursement_request"
    title = "医疗救助资金拨款申请表"

    request: DisbursementRequest

    @classmethod
    def of(cls, request: DisbursementRequest) -> Self:
        return cls(demonstration=request.demonstration, request=request)

    @property
    def day(self) -> date:
        return self.request.prepared_on


def render_paper(paper: Paper, *, stylesheet: str, back: str | None = None, pdf: str | None = None) -> str:
    """The page as HTML; `stylesheet` is the address under which PAPER_STYLESHEET is served.

    `back` is the address of the case and `pdf` that of the same paper as PDF, offered above the sheet on screens;
    None for a paper that is kept.

    Raises jinja2.UndefinedError where the template asks for what the paper does not say.
    """
    variables = {field.name: getattr(paper, field.name) for field in fields(paper)}
    template = environment.get_template(f"papers/{paper.folder}/page.html")
    number = getattr(paper, "number", None)
    return template.render(variables, title=paper.title, number=number, stylesheet=stylesheet, back=back, pdf=pdf)
