"""What a story prints: how it went, where it failed, and its timeline. Opaque ids and codes only, never a person."""

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from policy.deadlines import SHANGHAI
from runtime.story.language import Step
from runtime.story.records import Entry


@dataclass(frozen=True)
class Failure:
    """Which step, and what was expected and came."""

    number: int
    step: Step
    reason: str

    def __str__(self) -> str:
        indented = "\n".join(f"    {line}" for line in self.reason.splitlines())
        return f"第 {self.number} 步（{describe(self.step)}）不符合预期：\n{indented}"


@dataclass
class Outcome:
    """How a story went. `seconds` is wall time of the steps, without starting and stopping."""

    title: str
    steps: int
    failure: Failure | None = None
    entries: Sequence[Entry] = ()
    seconds: float = 0.0
    starting: float = 0.0

    @property
    def holds(self) -> bool:
        return self.failure is None

    def as_text(self, *, timeline: bool) -> str:
        lines = table(self.entries) if timeline else []
        lines.append(str(self.failure) if self.failure else f"符合预期：{self.title}")
        done = self.failure.number - 1 if self.failure else self.steps
        lines.append(f"{done}/{self.steps} 步，{self.seconds:.1f} 秒；另启动 {self.starting:.1f} 秒")
        return "\n".join(lines)

    def as_json(self) -> str:
        return json.dumps(
            {
                "title": self.title,
                "holds": self.holds,
                "steps": self.steps,
                "failed": {"step": self.failure.number, "reason": self.failure.reason} if self.failure else None,
                "seconds": round(self.seconds, 2),
                "timeline": [_entry(entry) for entry in self.entries],
            },
            ensure_ascii=False,
            indent=2,
        )


def describe(step: Step) -> str:
    """A step in a few words."""
    if step.answer:
        return f"{step.actor} 答复 {step.answer.kind}：{step.answer.outcome}"
    what = step.model_dump(by_alias=True)[step.verb]
    shown = what if isinstance(what, str) else json.dumps(what, ensure_ascii=False, default=str)
    return f"{step.actor + ' ' if step.actor else ''}{step.verb} {shown[:120]}"


def table(entries: Sequence[Entry]) -> list[str]:
    """The timeline as text: moment, day of the act where it is another, subject, tag, actor, what is coded in it."""
    rows = [("时间", "办理日", "事项", "记录", "经办", "内容")]
    rows += [
        (
            _moment(entry),
            "" if entry.day == _moment(entry)[:10] else entry.day,
            entry.subject[-6:],
            entry.tag,
            entry.actor,
            "  ".join(f"{name}={_plain(value)}" for name, value in entry.codes.items() if name != "task"),
        )
        for entry in entries
    ]
    widths = [max(_width(row[column]) for row in rows) for column in range(5)]
    return [
        "  ".join([*(_padded(cell, width) for cell, width in zip(row, widths, strict=False)), row[5]]) for row in rows
    ]


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "at": entry.at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        "day": entry.day,
        "subject": entry.subject,
        "tag": entry.tag,
        "actor": entry.actor,
        "codes": entry.codes,
        "grounds": list(entry.grounds),
    }


def _moment(entry: Entry) -> str:
    return entry.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
