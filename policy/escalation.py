"""The ladder 督办阶梯 (processes 3.0, R-ESC): which rungs are to be climbed now, and whom each one addresses.

No document fixes a ladder; its offsets and hour are parameters (ESCALATION, LADDER_HOUR), its addressees stand here.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from policy.deadlines import RungMoment
from policy.terms import Department, Level, Office, Post, Role, Rung, division_at, level_of

PROMPT = timedelta(minutes=15)
"""A rung climbed later than this after its moment says that it is late (an outage), however it came about."""

GRACE = timedelta(minutes=15)
"""What was overdue when it was opened climbs only after this: acts on paper are entered one after the other (补录), and a
step that is answered at once has not been late because it was typed late."""

_HIGHER = {Rung.CITY: Level.CITY, Rung.PROVINCE: Level.PROVINCE}
_LEFT_TO_THE_LIGHT = (Rung.EARLY, Rung.REMINDER, Rung.DUE_TODAY)
_FOR_CITIZENS = (Rung.EARLY, Rung.REMINDER, Rung.DUE_TODAY)


@dataclass(frozen=True)
class Climb:
    """What to do now: rungs to climb in order, each with whether it comes late; and when to look again."""

    rungs: tuple[tuple[RungMoment, bool], ...]
    next_moment: datetime | None


def to_climb(
    ladder: Sequence[RungMoment],
    *,
    since: datetime,
    now: datetime,
    climbed: Collection[Rung],
    told: Collection[Rung] = (),
    waits_for_citizen: bool = False,
    owner: Level = Level.TOWNSHIP,
) -> Climb:
    """The rungs due at `now` that have not been climbed.

    `since` is when the period was opened or its date last moved. Of the rungs dated before that, reminder and due-today
    are left to the light; of the others only the highest is sent, marked late, when the task has lain for GRACE, unless it
    was `told` by an earlier date of the same period: what is overdue does not become so again. A rung missed in an outage is
    climbed once, marked late, before the next. A task that waits for a citizen climbs no further than due-today, and no
    task to a level that is not above its `owner`.
    """
    steps = [
        step
        for step in ladder
        if _leads_above(step.rung, owner) and (not waits_for_citizen or step.rung in _FOR_CITIZENS)
    ]
    earlier = [step for step in steps if step.at <= since and step.rung not in _LEFT_TO_THE_LIGHT]
    wanted = [
        *((step, since + GRACE) for step in earlier[-1:] if step.rung not in told),
        *((step, step.at) for step in steps if step.at > since),
    ]
    open_steps = [(step, at) for step, at in wanted if step.rung not in climbed]
    due = [step for step, at in open_steps if at <= now]
    return Climb(
        tuple((step, step.at <= since or now - step.at > PROMPT) for step in due),
        min((at for _step, at in open_steps if at > now), default=None),
    )


def _leads_above(rung: Rung, owner: Level) -> bool:
    """False for a level above that is none: a city's task has no rung of the city."""
    return rung not in _HIGHER or owner.rank > _HIGHER[rung].rank


def addressees(rung: Rung, office: Office, *, waits_for_citizen: bool = False) -> tuple[Office, ...]:
    """The posts that a rung addresses beside the holder of the task: first the office itself, then those above it.

    A township has no department above it: its overdue goes to the county's medical-insurance supervisor as well, city and
    province likewise. Levels not above the owner are left out.
    """
    if waits_for_citizen:
        return (office,)
    supervisor = _in_unit(office, Role.SUPERVISOR)
    leader = _in_unit(office, Role.LEADER)
    township = office.post.level is Level.TOWNSHIP
    match rung:
        case Rung.EARLY | Rung.REMINDER:
            return (office,)
        case Rung.DUE_TODAY:
            return _distinct(office, supervisor)
        case Rung.OVERDUE:
            above = (_supervisor_at(office, Level.COUNTY),) if township else ()
            return _distinct(office, supervisor, leader, *above)
        case Rung.CITY | Rung.PROVINCE:
            level = _HIGHER[rung]
            return (_supervisor_at(office, level),) if _leads_above(rung, office.post.level) else ()


def one_up(office: Office) -> Office | None:
    """Where a rung goes when nobody holds the post: supervisor, leader, then the supervisor one level up."""
    post = office.post
    if post.role is Role.CASEWORKER:
        return _in_unit(office, Role.SUPERVISOR)
    if post.role is Role.SUPERVISOR:
        return _in_unit(office, Role.LEADER)
    if post.level is Level.PROVINCE:
        return None
    return _supervisor_at(office, list(Level)[post.level.rank - 1])


def _in_unit(office: Office, role: Role) -> Office:
    return Office(office.division, Post(office.post.level, office.post.department, role))


def _supervisor_at(office: Office, level: Level) -> Office:
    department = office.post.department
    if department is Department.TOWNSHIP_GOVERNMENT:
        department = Department.MEDICAL_INSURANCE
    return Office(division_at(office.division, level), Post(level, department, Role.SUPERVISOR))


def _distinct(*offices: Office) -> tuple[Office, ...]:
    return tuple(dict.fromkeys(offices))


def office_of(division: str, post: Post) -> Office:
    """The office that holds `post` for a case of `division`: the same division, or the one above it at the post's level."""
    return Office(division_at(division, post.level) if level_of(division) is not post.level else division, post)
