"""Writes a period's dates from the rulebook, when it is opened and whenever a calendar or a parameter moves it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from policy.deadlines import Due, RungMoment, due_after, due_in_month, due_on, ladder, notice_last_day
from policy.rulebook import MissingParameter, Rulebook
from policy.terms import Rung
from policy.working_days import Pause
from store.rulebook import parameter_record
from store.tasks import PeriodRow


@dataclass(frozen=True)
class Dates:
    """What a period's dates are computed from: its own key, and the public notice in front of it, if any."""

    key: str
    counted_from: date
    pinned_on: date
    notice_key: str | None = None
    notice_posted_on: date | None = None
    fixed_on: date | None = None
    month: date | None = None


def asked_of(period: PeriodRow) -> Dates:
    return Dates(
        period.key,
        period.counted_from,
        period.pinned_on,
        period.notice_key,
        period.notice_posted_on,
        period.fixed_on,
        period.month,
    )


def pause(period: PeriodRow, day: date, why: str) -> None:
    """The clock stands still from the day after `day` on (中止); `set_dates` then leaves the period without a term."""
    if paused_since(period) is None:
        period.pauses = [*period.pauses, {"from": day.isoformat(), "to": None, "why": why}]


def go_on(period: PeriodRow, day: date) -> None:
    """The clock runs again from the day after `day` on (恢复)."""
    period.pauses = [{**entry, "to": entry["to"] or max(day.isoformat(), entry["from"])} for entry in period.pauses]


def paused_since(period: PeriodRow) -> date | None:
    """The day on which the clock was stopped and still stands; None while it runs."""
    return next((date.fromisoformat(entry["from"]) for entry in period.pauses if entry["to"] is None), None)


CHANGED, SPARED = "changed", "spared"
"""What a basis says beside the rule; it outlives a recomputation."""
BEFORE_LIVE, BY_TERM = "before_live", "term"
"""Why lateness is spared: the date lay before this house went live, or a changed rule put it into the past."""


def spare(period: PeriodRow, until: date, why: str, on: date) -> None:
    """The date was past on `on`, for the reason `why`: late only after `until`.

    To be followed by `set_dates`.
    """
    late_from = until + timedelta(days=1)
    spared = {"until": until.isoformat(), "late_from": late_from.isoformat(), "why": why, "on": on.isoformat()}
    period.basis = {**(period.basis or {}), SPARED: spared}


def set_dates(period: PeriodRow, rulebook: Rulebook, dates: Dates, now: datetime) -> bool:
    """Writes due date, basis and ladder into the row; True when the due date is another than before.

    A missing parameter leaves the row without a term and names the key in `missing_key`: it is asked for, not guessed.
    """
    before = (period.nominal, period.work_target, period.late_after, period.counted_from)
    ladder_before = period.ladder
    kept = {name: period.basis[name] for name in (CHANGED, SPARED) if name in (period.basis or {})}
    period.key, period.pinned_on = dates.key, dates.pinned_on
    period.notice_key, period.notice_posted_on = dates.notice_key, dates.notice_posted_on
    period.counted_from, period.fixed_on, period.month = dates.counted_from, dates.fixed_on, dates.month
    period.pauses, period.extended_by = period.pauses or [], period.extended_by or 0
    try:
        if dates.notice_key and dates.notice_posted_on:
            notice = notice_last_day(rulebook, dates.notice_key, dates.notice_posted_on, pinned_on=dates.pinned_on)
            period.counted_from = notice.nominal or dates.counted_from
        due = _due(period, rulebook, dates)
        if SPARED in kept:
            due = due.spared(date.fromisoformat(kept[SPARED]["until"]))
            kept = kept if due.spared_until else {name: said for name, said in kept.items() if name != SPARED}
        steps = ladder(rulebook, due)
    except MissingParameter as missing:
        period.missing_key = missing.key
        _without_term(period, {"key": dates.key, "missing": missing.key} | kept)
    else:
        period.missing_key = None
        period.nominal, period.work_target, period.late_after = due.nominal, due.work_target, due.late_after
        period.basis = basis(due) | kept | ({"extended_by": period.extended_by} if period.extended_by else {})
        period.ladder = [{"rung": step.rung.value, "at": step.at.isoformat()} for step in steps]
    stopped = paused_since(period)
    if stopped is not None:
        _without_term(period, {"key": dates.key, "paused": period.pauses[-1]} | kept)
    if period.ladder != ladder_before:
        period.next_moment = now if period.ladder else None
    changed = before != (period.nominal, period.work_target, period.late_after, period.counted_from)
    if changed:
        period.deadline_version = (period.deadline_version or 0) + 1
        period.ladder_since = now
    return changed


def _due(period: PeriodRow, rulebook: Rulebook, dates: Dates) -> Due:
    if dates.fixed_on:
        return due_on(rulebook, dates.key, dates.fixed_on, dates.counted_from)
    if dates.month:
        return due_in_month(rulebook, dates.key, dates.month)
    pauses = [Pause(date.fromisoformat(p["from"]), date.fromisoformat(p["to"])) for p in period.pauses if p["to"]]
    return due_after(
        rulebook,
        dates.key,
        period.counted_from,
        pinned_on=dates.pinned_on,
        pauses=pauses,
        extended_by=period.extended_by,
    )


def _without_term(period: PeriodRow, basis: dict[str, Any]) -> None:
    period.nominal = period.work_target = period.late_after = None
    period.basis, period.ladder = basis, []


def notice_last(period: PeriodRow) -> date | None:
    """The last day of the public notice in front of the period; None where there is none, or while its length is not known.

    It may be known while the term behind it still waits for a parameter.
    """
    if not period.notice_key or (period.missing_key and period.counted_from == period.notice_posted_on):
        return None
    return period.counted_from


def notice_ends(period: PeriodRow) -> date | None:
    """The first day after the public notice in front of the period; None where there is none.

    While the notice's length is not known, no day is late enough: silence is never consent.
    """
    if not period.notice_key:
        return None
    last = notice_last(period)
    return last + timedelta(days=1) if last else date.max


def rungs_of(period: PeriodRow) -> tuple[RungMoment, ...]:
    return tuple(RungMoment(Rung(step["rung"]), datetime.fromisoformat(step["at"])) for step in period.ladder)


def basis(due: Due) -> dict[str, Any]:
    """“Why this date”, as stored with the period and answered by the API."""
    return {
        "key": due.key,
        "counted_from": due.counted_from.isoformat(),
        "nominal": due.nominal.isoformat() if due.nominal else None,
        "work_target": due.work_target.isoformat() if due.work_target else None,
        "rule": parameter_record(due.rule),
        "also": [parameter_record(rule) for rule in due.also],
        "conflict": due.conflict,
        "counted": [day.isoformat() for day in due.counted],
        "skipped": [{"day": skipped.day.isoformat(), "why": skipped.why} for skipped in due.skipped],
        "calendar": [
            {"year": year.year, "version": year.version, "status": year.status.value, "source": year.source}
            for year in due.calendars
        ],
    }
