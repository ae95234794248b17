"""The language of stories (演练文件): YAML read strictly, one verb a step, anything unknown refused with its place."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from policy.deadlines import SHANGHAI
from runtime.faults import POINTS

VERBS = ("call", "answer", "at", "mail", "upload", "import_calendar", "kill", "restart", "run", "wait")
SERVERS = ("postgres", "temporal")
PROGRAMS = ("worker", "relay", "api")


def _moment(value: object) -> object:
    """A moment as written; without an offset it is Shanghai's."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=SHANGHAI) if isinstance(moment, datetime) and moment.tzinfo is None else moment


Moment = Annotated[datetime, BeforeValidator(_moment)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Expectation(Strict):
    """`status` exact, `body` a subset match. `reply: lost` = the connection broke before an answer came."""

    status: int | None = None
    body: Any = Field(default=None, alias="json")
    reply: Literal["lost"] | None = None
    output: Any = None
    """Of `run`: what was printed."""


class Answer(Strict):
    kind: str
    subject: str
    outcome: str
    fields: dict[str, Any] = {}
    comment: str | None = None
    done_on: str | None = None
    paper_reason: str | None = None
    task: str | None = None
    """The id of the very task, for one that is no longer open; else the open one of that kind is taken."""
    expect: Expectation | None = None


class MailCount(Strict):
    to: str
    contains: str | list[str] = ""
    """All of these texts, in subject or text."""
    count: int | None = None
    """None: at least one."""


class Kill(Strict):
    what: Literal["worker", "relay", "api", "postgres", "temporal"]
    at: str | None = None


class Step(Strict):
    """One step. `as` is a username, a call without it is nobody's; `save` maps names to paths into the answer's JSON."""

    actor: str | None = Field(default=None, alias="as")
    call: str | None = None
    body: Any = Field(default=None, alias="json")
    headers: dict[str, str] = {}
    answer: Answer | None = None
    at: Moment | None = None
    mail: MailCount | None = None
    upload: dict[str, Any] | None = None
    import_calendar: str | dict[str, Any] | None = None
    kill: Kill | None = None
    restart: str | None = None
    run: str | None = None
    wait: Literal["quiet"] | None = None
    expect: Expectation | None = None
    save: dict[str, str] = {}

    @property
    def verb(self) -> str:
        return next(verb for verb in VERBS if getattr(self, verb) is not None)

    @model_validator(mode="after")
    def _one_verb(self) -> "Step":
        verbs = [verb for verb in VERBS if getattr(self, verb) is not None]
        if len(verbs) != 1:
            raise ValueError(f"每一步应有且只有一个动作（{'、'.join(VERBS)}），此处为：{'、'.join(verbs) or '无'}")
        if verbs[0] in ("answer", "upload") and not self.actor:
            raise ValueError(f"{verbs[0]} 需要用 as 写明由谁办理")
        if verbs[0] == "call" and not re.fullmatch(r"(GET|POST|PUT|PATCH|DELETE) /\S*", self.call or ""):
            raise ValueError("call 应为方法和路径，如 GET /api/v1/tasks")
        if verbs[0] == "restart" and self.restart not in (*PROGRAMS, *SERVERS):
            raise ValueError(f"restart 只能是 {'、'.join((*PROGRAMS, *SERVERS))}")
        if verbs[0] == "run" and not (self.run or "").startswith("jiuzhu "):
            raise ValueError("run 只运行 jiuzhu 命令")
        if self.kill and self.kill.at is not None and self.kill.at not in POINTS:
            raise ValueError(f"没有名为 {self.kill.at} 的故障点；现有：{'、'.join(POINTS)}")
        return self


class Story(Strict):
    """A whole story. `pack` holds `demo: true` and parameters that hold in this story only."""

    title: str
    start: Moment | None = None
    engine: Literal["time-skipping", "real"] = "time-skipping"
    pack: dict[str, Any] = {"demo": True}
    months: list[str] = []
    """The divisions whose months are opened as the clock passes each 1st."""
    months_from: Literal["start", "next"] = "next"
    """`start`: the month in which the story begins is opened at once."""
    steps: list[Step]

    @property
    def demo(self) -> bool:
        return bool(self.pack.get("demo", False))

    @property
    def parameters(self) -> dict[str, Any]:
        return {key: value for key, value in self.pack.items() if key != "demo"}

    @property
    def points(self) -> list[str]:
        """The fault points that it arms."""
        return sorted({step.kill.at for step in self.steps if step.kill and step.kill.at})

    @property
    def replaces_worker(self) -> bool:
        """Whether a worker takes over from another one."""
        return any(step.restart == "worker" or (step.kill and step.kill.what == "worker") for step in self.steps)

    @model_validator(mode="after")
    def _time_moves_only_where_it_can(self) -> "Story":
        if self.engine == "time-skipping" and self.start is None:
            raise ValueError("需要用 start 写明从何时开始")
        if self.engine == "real" and (self.start or any(step.at for step in self.steps)):
            raise ValueError("engine: real 使用机器时间，不能写 start 或 at")
        if self.engine != "real" and any(
            (step.kill and step.kill.what == "temporal") or step.restart == "temporal" for step in self.steps
        ):
            raise ValueError("演练用的 Temporal 不保存数据；要停掉它，请写 engine: real")
        return self
