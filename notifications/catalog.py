"""Every notice that leaves the building by mail: one dataclass each, with a folder of the same name.

A notice carries no personal data: posts, case numbers, dates, clauses and a link behind which the reader signs in.
The row of a notice stores its name and its variables as JSON; both are read back strictly.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

VERSION = "version"


class UnknownNotice(Exception):
    """No notice of that name: the row was written by other code than this."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class BadNotice(Exception):
    """The stored variables are not those of the notice; `fields` names the ones at fault, never their values."""

    def __init__(self, name: str, fields: tuple[str, ...]) -> None:
        super().__init__(f"{name}: {', '.join(fields)}")
        self.name = name
        self.fields = fields


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What every mail says: to which post, of which division, where to click, and what is unusual about it."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    name: ClassVar[str]
    """The folder under templates/notices/."""
    version: ClassVar[int] = 1
    """Raised when a field is added or changes its meaning, so that rows already queued are not misread."""

    recipient: str
    """The post addressed, as a label: 阳城县县级医疗保障审核人."""
    division_name: str
    """The division whose task it is: 阳城县北留镇."""
    link: str
    grounds: tuple[str, ...]
    """Why: clauses and rules as an official cites them."""
    late_by: str | None
    """迟发: when it should have been sent and why it was not, after an outage."""
    vacant_post: str | None
    """The post that nobody holds, for which reason the notice went one rung up."""
    demonstration: bool


@dataclass(frozen=True, kw_only=True)
class TaskLine:
    kind_label: str
    case_number: str
    due: date | None
    """None where the rule sets no term (无期限)."""
    link: str


@dataclass(frozen=True, kw_only=True)
class TaskDigest(Notice):
    """Tasks newly at the reader's office."""

    name = "task_digest"
    tasks: tuple[TaskLine, ...]


@dataclass(frozen=True, kw_only=True)
class DeadlineNotice(Notice):
    """One rung of the ladder for one task (processes 3.0, R-ESC)."""

    case_number: str
    task_label: str
    nominal: date
    """The date that the document names."""
    work_target: date
    """The working day aimed at; equal to `nominal` unless that is a rest day (AMB-1)."""
    working_days_late: int
    """0 until it is overdue."""


@dataclass(frozen=True, kw_only=True)
class DueSoon(DeadlineNotice):
    name = "due_soon"


@dataclass(frozen=True, kw_only=True)
class DueToday(DeadlineNotice):
    name = "due_today"


@dataclass(frozen=True, kw_only=True)
class Overdue(DeadlineNotice):
    name = "overdue"


@dataclass(frozen=True, kw_only=True)
class EscalatedToCity(DeadlineNotice):
    name = "escalated_to_city"


@dataclass(frozen=True, kw_only=True)
class EscalatedToProvince(DeadlineNotice):
    name = "escalated_to_province"


@dataclass(frozen=True, kw_only=True)
class EscalatedTask:
    """One rung of a digest, as its own notice would have said it."""

    division_name: str
    task_label: str
    case_number: str
    nominal: date
    work_target: date
    working_days_late: int
    grounds: tuple[str, ...]
    link: str
    late_by: str | None
    vacant_post: str | None


@dataclass(frozen=True, kw_only=True)
class EscalationDigest(Notice):
    """Many rungs to one reader of a level above, in one mail. `division_name` names one of the divisions and how many."""

    name = "escalation_digest"
    level: str
    """市级, 省级."""
    tasks: tuple[EscalatedTask, ...]


@dataclass(frozen=True, kw_only=True)
class RefusalToDeliver(DeadlineNotice):
    """附件5 has been issued; until it is delivered the periods of appeal do not begin (A-42)."""

    name = "refusal_to_deliver"
    notice_number: str
    """〔2025〕第3号."""
    issued_on: date


@dataclass(frozen=True, kw_only=True)
class TaskNotice(Notice):
    """What somebody has done about a task (R-TEAM)."""

    case_number: str
    task_label: str
    due: date | None
    """The working day aimed at; None without a term, or while the clock stands still."""
    by: str
    """Who did it, as a label or a name: 阳城县县级医疗保障审核人."""


@dataclass(frozen=True, kw_only=True)
class TaskHandedOver(TaskNotice):
    name = "task_handed_over"
    how: str
    """指派给您, 转交给您."""


@dataclass(frozen=True, kw_only=True)
class TasksInherited(Notice):
    """All open tasks of somebody who has left, in one mail to the successor."""

    name = "tasks_inherited"
    left: str
    """The name of who has left."""
    tasks: tuple[TaskLine, ...]


@dataclass(frozen=True, kw_only=True)
class TaskUrged(TaskNotice):
    name = "task_urged"


@dataclass(frozen=True, kw_only=True)
class OrderIssued(TaskNotice):
    """`due` is the day by which a reply is asked for."""

    name = "order_issued"


@dataclass(frozen=True, kw_only=True)
class ReplyReceived(TaskNotice):
    name = "reply_received"
    what: str
    """督办回复, 会签意见."""


@dataclass(frozen=True, kw_only=True)
class ExtensionAsked(TaskNotice):
    name = "extension_asked"
    days: int
    """Working days."""


@dataclass(frozen=True, kw_only=True)
class ExtensionDecided(TaskNotice):
    """`due` is what holds after the decision."""

    name = "extension_decided"
    approved: bool


@dataclass(frozen=True, kw_only=True)
class CaseCopied(Notice):
    """抄送: for information, nothing waits for the reader."""

    name = "case_copied"
    case_number: str
    by: str


@dataclass(frozen=True, kw_only=True)
class RectificationOrdered(Notice):
    """督促整改: an order from above to put right what monitoring has found (C-25)."""

    name = "rectification_ordered"
    number: str
    by: str
    """The bureau that orders it: 山西省医疗保障局."""
    findings: tuple[str, ...]
    """What was found, by its label."""
    due: date
    round: int
    """2 and more: what was replied before did not do."""


@dataclass(frozen=True, kw_only=True)
class LiaisonEnding(Notice):
    """The term of an office's liaison ends soon and nobody follows (C-19). Who it is stands in the register only."""

    name = "liaison_ending"
    office: str
    """阳城县民政局."""
    last_day: date


NOTICES: dict[str, type[Notice]] = {
    notice.name: notice
    for notice in (
        TaskDigest,
        DueSoon,
        DueToday,
        Overdue,
        EscalatedToCity,
        EscalatedToProvince,
        EscalationDigest,
        RefusalToDeliver,
        TaskHandedOver,
        TasksInherited,
        TaskUrged,
        OrderIssued,
        ReplyReceived,
        ExtensionAsked,
        ExtensionDecided,
        CaseCopied,
        RectificationOrdered,
        LiaisonEnding,
    )
}
"""By name."""

_ADAPTERS: dict[str, TypeAdapter[Any]] = {name: TypeAdapter(kind) for name, kind in NOTICES.items()}


def variables_of(notice: Notice) -> dict[str, Any]:
    """What the row stores beside `notice.name`: JSON values only, with the version of their shape."""
    variables: dict[str, Any] = _ADAPTERS[notice.name].dump_python(notice, mode="json")
    return {VERSION: notice.version, **variables}


def notice_of(name: str, variables: Mapping[str, Any]) -> Notice:
    """The inverse of `variables_of`.

    Raises UnknownNotice for a name that is not here, BadNotice for another version or a missing, surplus or
    ill-typed field.
    """
    kind = NOTICES.get(name)
    if kind is None:
        raise UnknownNotice(name)
    if variables.get(VERSION) != kind.version:
        raise BadNotice(name, (VERSION,))
    fields = {key: value for key, value in variables.items() if key != VERSION}
    try:
        notice: Notice = _ADAPTERS[name].validate_json(json.dumps(fields), strict=True)
    except ValidationError as error:
        faults = tuple(".".join(map(str, fault["loc"])) for fault in error.errors(include_input=False))
    else:
        return notice
    raise BadNotice(name, faults)
