"""What a kind of human task is: who acts, by when, on which clause, and what may be answered."""

from dataclasses import dataclass

from policy.exchange_terms import MatterStatus
from policy.fields import Field
from policy.terms import ApplicationStatus, Post


@dataclass(frozen=True)
class Outcome:
    """One way to answer. `later` = shown, but its handling is not built yet: refused with `not-yet-built`."""

    name: str
    label: str
    fields: tuple[Field, ...] = ()
    later: bool = False
    clause: str | None = None


@dataclass(frozen=True)
class Step:
    """A kind of human task 办理环节.

    `deadline` is the key of its timer, `counted_from` says in words what starts it. `period` names the ladder that the step
    shares with others; `waits_for_citizen` steps remind their holder and climb no further (processes 3.0).
    """

    kind: str
    label: str
    post: Post
    clause: str
    deadline: str
    counted_from: str
    outcomes: tuple[Outcome, ...]
    status: ApplicationStatus | MatterStatus | None = None
    period: str = ""
    waits_for_citizen: bool = False
    version: int = 1

    @property
    def period_name(self) -> str:
        return self.period or self.kind

    def outcome(self, name: str) -> Outcome | None:
        return next((outcome for outcome in self.outcomes if outcome.name == name), None)
