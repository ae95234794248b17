"""Parameters and calendars change in the middle of random cases: every case comes to its end all the same, and at every
moment its due dates are those that a second calendar gives."""

import os
import random
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar
import psycopg
import pytest
import yaml

from policy.deadlines import SHANGHAI
from policy.step import Outcome
from policy.steps import step
from runtime.calendar_import import run as import_calendar
from runtime.embedded.programs import ROOT
from tests.faults.promises_of_cases import EARLIEST, broken
from tests.journeys.case import Case
from tests.journeys.town import Town, town_from
from tests.journeys.walk.answers import plausible
from tests.journeys.walk.tables import Open, Tables

SEED = int(os.environ.get("JIUZHU_SEED", "20261122"))
CATEGORIES = ("GXZC", "DSR", "YF", "DBBY")
DETOURS = {
    "survey": "absent",
    "township_notice_result": "objection",
    "county_review": "return",
    "finance_review": "query",
    "transfer": "bounced",
}
"""Once a case, by chance."""
SUPPLIED = {
    "CONDITIONS(DSR)": "家庭月人均收入低于当地低保标准的1.5倍",
    "DEDUCT(DSR)": "25% PCDI",
    "RATE(DSR)": "60%",
    "CAP(DSR)": "40,000.00",
    "RATE(YF)": "70%",
    "DEDUCT(YF)": "0.00",
    "CAP(YF)": "20,000.00",
    "FIN_WD": "6",
    "COUNTY_WD": "9",
    "PUB_TWP_DAYS": "7",
}
ENDS = ("paid", "rejected", "withdrawn", "lapsed")
MOST_ROUNDS = 60
OFFICES = ("140522100", "140522", "1405", "14")
"""The nearest first."""


@dataclass
class Region:
    """The town in which it happens, what has been changed in it, and who was asked what."""

    town: Town
    connection: psycopg.Connection[tuple[Any, ...]]
    tables: Tables
    folder: Path
    chance: random.Random
    rest: dict[date, str] = field(default_factory=dict)
    made_up: dict[date, str] = field(default_factory=dict)
    imports: int = 1
    entered: list[str] = field(default_factory=list)
    checked: int = 0

    async def today(self) -> date:
        return (await self.town.stack.skipper.now()).astimezone(SHANGHAI).date()

    async def calendar(self) -> None:
        """As `jiuzhu calendar import`: the shipped year with what has been announced meanwhile (invented)."""
        shipped = ROOT / "policy" / "packs" / "14" / "calendar" / "2025.yaml"
        year = yaml.safe_load(shipped.read_text(encoding="utf-8"))
        self.imports += 1
        year |= {"rest": year["rest"] | self.rest, "make_up": year["make_up"] | self.made_up, "version": self.imports}
        path = self.folder / f"2025-{self.imports}.yaml"
        path.write_text(yaml.safe_dump(year, allow_unicode=True), encoding="utf-8")
        said: list[str] = []
        await import_calendar(self.town.stack.settings, path, "14", said.append)
        assert "已导入" in said[0], said

    async def lay_down(self, key: str, value: Any, *, since: date, until: date | None = None, version: int = 1) -> None:
        """A value as an office's document brings it: one more row beside the others."""
        self.connection.execute(
            """insert into parameter (key, division, value, unit, effective_from, effective_to, document, basis, note,
                                      version, source, entered_at)
               select key, division, %s::jsonb, unit, %s, %s, '虚构通知', 'local', '', %s, 'counter', %s
                 from parameter where key = %s and division = '14' limit 1""",
            (value, since, until, version, await self.town.stack.skipper.now(), key),
        )

    def works(self, day: date) -> bool:
        """By a calendar that is none of ours, and by what has been announced here."""
        return day in self.made_up or (day not in self.rest and bool(chinese_calendar.is_workday(day)))

    def working_day(self, after: date, number: int) -> date:
        day = after
        while number:
            day += timedelta(1)
            number -= self.works(day)
        return day


async def _new_rest_day(region: Region) -> None:
    region.rest[_weekday(await region.today(), 6)] = "虚构的休息日"
    await region.calendar()


async def _rest_day_is_worked_after_all(region: Region) -> None:
    """The day off is taken back, and a Saturday is worked."""
    region.rest.clear()
    today = await region.today()
    region.made_up[today + timedelta(12 - today.weekday())] = "虚构的调休"
    await region.calendar()


async def _shorter_terms(region: Region) -> None:
    today = await region.today()
    await region.lay_down("SURVEY_WD", "5", since=today)
    await region.lay_down("COUNTY_WD", "6", since=today)
    await region.lay_down("POST_WD", "null", since=today)


async def _terms_end(region: Region) -> None:
    """Who files from now on is asked about by a case that waits for its term."""
    today = await region.today()
    await region.lay_down("FIN_WD", "5", since=date(2019, 8, 1), until=today, version=2)
    await region.lay_down("PUB_TWP_DAYS", "7", since=date(2019, 8, 1), until=today, version=2)


async def _higher_rate(region: Region) -> None:
    """Where the county has proposed an amount it is no longer the amount."""
    await region.lay_down("RATE(GXZC)", '"0.65"', since=date(2024, 1, 1), version=2)


CHANGES: tuple[Callable[[Region], Any], ...] = (
    _new_rest_day,
    _rest_day_is_worked_after_all,
    _shorter_terms,
    _terms_end,
    _higher_rate,
)


@dataclass
class Way:
    """A case and the detours that it has taken."""

    case: Case
    taken: set[str] = field(default_factory=set)


async def test_changes_of_law_in_the_middle_of_cases_never_wedge_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    async with town_from("2025-04-27T09:00", tmp_path) as town:
        url = town.stack.dsn("postgres").replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True) as connection, closing(Tables(url)) as tables:
            region = Region(town, connection, tables, tmp_path, random.Random(SEED))
            ways = [await _filed(region, category) for category in CATEGORIES]
            changes = list(CHANGES)
            rounds = 0
            while open_ways := [way for way in ways if not _ended(region, way)]:
                rounds += 1
                assert rounds < MOST_ROUNDS, [tables.open_tasks(way.case.id) for way in open_ways]
                for way in open_ways:
                    await _act(region, way)
                if changes and rounds % 2:
                    await changes.pop(0)(region)
                    if len(changes) in (1, 3):
                        ways.append(await _filed(region, region.chance.choice(CATEGORIES)))
                await town.quiet()
                _dates_are_right(region)
                await _some_days_later(region)
            assert not changes
            now = await town.stack.skipper.now()
            assert broken(connection, EARLIEST, now) == {}
            moved = _count(region, "select count(*) from timeline where tag like 'calendar:%:moved'")
            assert moved > 0, "no calendar has moved anything: nothing was tried"
            with capsys.disabled():
                seconds = time.monotonic() - began
                sys.stdout.write(
                    f"\nseed {SEED}: {len(ways)} cases to their end in {rounds} rounds, {region.checked} due dates "
                    f"recomputed, {moved} moved, entered {', '.join(region.entered)}; {seconds:.0f} s\n"
                )


async def _filed(region: Region, category: str) -> Way:
    recognised = (await region.today()) - timedelta(3)
    documents: list[dict[str, Any]] = [
        {"kind": kind, "file": "demo"} for kind in ("diagnosis", "receipts", "history", "insurance_proof")
    ]
    documents.append({"kind": "recognition", "file": "demo", "no": "阳民认〔2025〕4号", "date": recognised.isoformat()})
    return Way(await region.town.file(category=category, documents=documents))


def _ended(region: Region, way: Way) -> bool:
    return region.tables.standing(way.case.id).status in ENDS


async def _act(region: Region, way: Way) -> None:
    """What people do about the case, if they do: what is missing is entered, and some steps are done."""
    for _step in range(region.chance.randint(0, 4)):
        await _step_on(region, way)


async def _step_on(region: Region, way: Way) -> None:
    for asked in region.tables.open_tasks(way.case.id):
        if asked.key:
            await _supply(region, way, asked)
    steps = [asked for asked in region.tables.open_tasks(way.case.id) if not asked.key]
    if steps:
        await _answer(region, way, steps[0])


async def _supply(region: Region, way: Way, asked: Open) -> None:
    key = asked.key or ""
    since = "2024-01-01" if "(" in key else "2025-05-01"
    entry = {"value": SUPPLIED[key], "document": "虚构复函〔2025〕3号", "effective_from": since}
    reply = await way.case.answer(asked.kind, "entered", entry, by=asked.holder, task=asked.id)
    assert reply.status == 200, reply.content
    region.entered.append(key)


async def _answer(region: Region, way: Way, asked: Open) -> None:
    chosen = _chosen(region, way, asked.kind)
    schemas = [one.schema() for one in chosen.fields]
    corrected = any(one["name"] == "account" for one in schemas)
    known = {"account": "6200000000000000021", "payee_name": "申某"} if corrected else {}
    fields = plausible(schemas, known)
    reply = await way.case.answer(asked.kind, chosen.name, fields, by=asked.holder, task=asked.id)
    waits = ("/problems/notice-still-running", "/problems/amount-changed", "/problems/parameter-missing")
    assert reply.status == 200 or reply.content["type"] in waits, (asked.kind, reply.content)


def _chosen(region: Region, way: Way, kind: str) -> Outcome:
    asked = step(kind)
    detour = asked.outcome(DETOURS.get(kind, ""))
    if detour is not None and kind not in way.taken and region.chance.random() < 0.25:
        way.taken.add(kind)
        return detour
    return asked.outcomes[0]


async def _some_days_later(region: Region) -> None:
    now = await region.town.stack.skipper.now()
    later = (now + timedelta(days=region.chance.randint(2, 5))).astimezone(SHANGHAI)
    await region.town.jump_to(f"{later:%Y-%m-%dT%H:%M}")
    await region.town.quiet()


def _dates_are_right(region: Region) -> None:
    """Every open task's period, counted again from its first day by the values and the calendar as announced."""
    rows = region.connection.execute(
        """select t.kind, p.key, p.counted_from, p.pinned_on, p.notice_key, p.notice_posted_on, p.nominal
             from task t join period p on p.id = t.period_id where t.state = 'open'"""
    ).fetchall()
    for kind, key, counted_from, pinned_on, notice_key, posted_on, nominal in rows:
        start, expected = counted_from, None
        if notice_key:
            start = _notice_ends(region, notice_key, posted_on, pinned_on)
        value = _in_force(region, key, pinned_on)
        if start is not None and value is not None:
            expected = region.working_day(start, int(value))
        assert nominal == expected, (kind, key, counted_from, pinned_on, notice_key, posted_on)
        region.checked += 1


def _notice_ends(region: Region, key: str, posted_on: date, pinned_on: date) -> date | None:
    """Calendar days at the township, rolled to a working day; working days at the county."""
    value = _in_force(region, key, pinned_on)
    if value is None:
        return None
    if key == "PUB_CTY_WD":
        return region.working_day(posted_on, int(value))
    last = posted_on + timedelta(int(value))
    return last if region.works(last) else region.working_day(last, 1)


def _in_force(region: Region, key: str, on: date) -> Any:
    rows = region.connection.execute(
        """select distinct on (division, effective_from) division, effective_from, effective_to, value from parameter
            where key = %s order by division, effective_from, version desc""",
        (key,),
    ).fetchall()
    for office in OFFICES:
        held = [
            (since, value)
            for where, since, until, value in rows
            if where == office and since <= on < (until or date.max)
        ]
        if held:
            return max(held, key=lambda one: one[0])[1]
    return None


def _count(region: Region, query: str) -> int:
    row = region.connection.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0


def _weekday(after: date, days: int) -> date:
    """A working day of the week some days on."""
    day = after + timedelta(days)
    while day.weekday() > 4 or not chinese_calendar.is_workday(day):
        day += timedelta(1)
    return day
