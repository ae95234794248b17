"""The ladder 督办阶梯 in a town whose time goes on from Thu 2025-05-22 (R-ESC): each test moves it to its own day.

Off: Sat 31 May to Mon 2 June (端午节). T−2, T, T+1, T+3, T+5 in working days, at 09:00.
"""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from runtime.calendar_import import run as import_calendar
from runtime.embedded.programs import ROOT
from tests.journeys.case import PAPERS, SURVEYED, Case
from tests.journeys.town import Town, rungs, town_from, withdraw

TOWNSHIP_CLERKS = [
    "township.township_government.caseworker2@140522100",
    "township.township_government.caseworker@140522100",
]
TOWNSHIP_SUPERVISOR = "township.township_government.supervisor@140522100"
TOWNSHIP_LEADER = "township.township_government.leader@140522100"
COUNTY = "county.medical_insurance.supervisor@140522"
CITY = "city.medical_insurance.supervisor@1405"
PROVINCE = "province.medical_insurance.supervisor@14"


@pytest_asyncio.fixture(scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with town_from("2025-05-22T09:00", tmp_path_factory.mktemp("town")) as town:
        yield town


async def test_each_rung_is_climbed_once_though_the_worker_is_killed_between(tmp_path: Path) -> None:
    async with town_from("2025-05-12T09:00", tmp_path, replaying=True) as town:
        await _climbs_once_through_kills(town)


async def _climbs_once_through_kills(town: Town) -> None:
    case = await town.file()
    # ACCEPT_WD 3 from Mon 12 May: 13, 14, Thu 15 = T. T−2 Tue 13, T+1 Fri 16, T+3 Tue 20, T+5 Thu 22.
    await town.move_to("2025-05-14T12:00")
    await _kill_worker(town)
    await town.move_to("2025-05-16T12:00")
    await _kill_worker(town)
    await town.move_to("2025-05-22T12:00")

    assert await rungs(case) == [
        ("acceptance:reminder", "2025-05-13T09", False),
        ("acceptance:due_today", "2025-05-15T09", False),
        ("acceptance:overdue", "2025-05-16T09", False),
        ("acceptance:city", "2025-05-20T09", False),
        ("acceptance:province", "2025-05-22T09", False),
    ]
    assert town.mails(case.number) == {
        "【临期】": TOWNSHIP_CLERKS,
        "【今日到期】": sorted([*TOWNSHIP_CLERKS, TOWNSHIP_SUPERVISOR]),
        "【超期】": sorted([*TOWNSHIP_CLERKS, TOWNSHIP_SUPERVISOR, TOWNSHIP_LEADER, COUNTY]),
        "【超期上报市级】": [CITY],
        "【超期上报省级】": [PROVINCE],
    }


async def test_rungs_missed_in_an_outage_are_climbed_late_one_after_the_other(town: Town) -> None:
    """When anybody looks at the row again, it is Wednesday afternoon."""
    case = await town.file()
    # ACCEPT_WD 3 from Thu 22 May: 23, 26, Tue 27 = T. T−2 Fri 23, T+1 Wed 28, T+3 Fri 30.
    await town.move_to("2025-05-23T18:00")
    await town.jump_to("2025-05-28T15:00")
    await town.quiet()

    assert await rungs(case) == [
        ("acceptance:reminder", "2025-05-23T09", False),
        ("acceptance:due_today", "2025-05-28T15", True),
        ("acceptance:overdue", "2025-05-28T15", True),
    ]
    due_at = [one["codes"]["due_at"] for one in (await case.view())["timeline"] if "due_at" in one["codes"]]
    assert due_at == ["2025-05-23T09:00:00+08:00", "2025-05-27T09:00:00+08:00", "2025-05-28T09:00:00+08:00"]
    late = [mail for mail in town.caught(case.number) if "【今日到期】" in mail.subject]
    assert {"2025-05-27 09:00" in mail.text and "实际于2025-05-28 15:" in mail.text for mail in late} == {True}
    await withdraw(case)


async def test_task_opened_after_its_date_sends_only_the_highest_rung_and_says_that_it_is_late(town: Town) -> None:
    await town.move_to("2025-05-29T09:30")
    # Submitted on paper on Wed 21 May: 22, 23, Mon 26 = T. T+1 Tue 27, T+3 Thu 29 have passed, T+5 is Tue 3 June.
    case = await town.file(submitted_on="2025-05-21", paper_reason="系统停用期间受理，现补录")
    await town.move_to("2025-05-29T09:40")
    assert await rungs(case) == []  # it may be answered at once: what is entered from paper was not late for that
    await town.move_to("2025-05-29T09:50")
    assert await rungs(case) == [("acceptance:city", "2025-05-29T09", True)]
    assert town.mails(case.number) == {"【超期上报市级】": [CITY]}
    assert (await case.task("acceptance"))["light"] == "red"
    await withdraw(case)


async def test_breach_on_a_friday_evening_does_not_climb_on_sunday(town: Town) -> None:
    """One survey lies still; another is handed to the review on the way and shares its period and ladder (A-39, A-40);
    a third case waits for a paper of the citizen's, beside (B-19)."""
    await town.move_to("2025-05-29T10:00")
    lying, handed_on = await town.file(), await town.file()
    without = [{"kind": kind, "file": "demo"} for kind in PAPERS if kind != "insurance_proof"]
    recognition = {"kind": "recognition", "file": "demo", "no": "阳民认〔2025〕2号", "date": "2025-01-03"}
    waiting = await town.file(documents=[*without, recognition])
    for case in (lying, handed_on):
        await case.done("acceptance", "accept")
    await waiting.done("acceptance", "accept_with_pending", {"pending": ["insurance_proof"]})
    # SURVEY_WD and PENDING_PAPERS_WD 10 from Thu 29 May: 30, (31 to 2 off), 3, 4, 5, 6, 9, 10, 11, 12, Fri 13 June = T.
    # T−2 Wed 11, T+1 Mon 16, T+3 Wed 18, T+5 Fri 20.
    for case, kind in ((lying, "survey"), (handed_on, "survey"), (waiting, "pending_papers")):
        assert (await case.task(kind))["due"]["nominal"] == "2025-06-13"
    await town.move_to("2025-06-11T12:00")
    await handed_on.done("survey", "recorded", SURVEYED)
    await town.move_to("2025-06-15T20:00")  # Sunday: red since Saturday, and nobody is told
    assert (await lying.task("survey"))["light"] == "red"
    assert await rungs(lying) == [
        ("survey:reminder", "2025-06-11T09", False),
        ("survey:due_today", "2025-06-13T09", False),
    ]

    await town.move_to("2025-06-20T10:00")
    assert await rungs(lying) == [
        ("survey:reminder", "2025-06-11T09", False),
        ("survey:due_today", "2025-06-13T09", False),
        ("survey:overdue", "2025-06-16T09", False),
        ("survey:city", "2025-06-18T09", False),
        ("survey:province", "2025-06-20T09", False),
    ]
    assert await rungs(handed_on) == [
        ("survey:reminder", "2025-06-11T09", False),
        ("township_review:due_today", "2025-06-13T09", False),
        ("township_review:overdue", "2025-06-16T09", False),
        ("township_review:city", "2025-06-18T09", False),
        ("township_review:province", "2025-06-20T09", False),
    ]
    of_the_citizen = [rung for rung in await rungs(waiting) if rung[0].startswith("pending_papers")]
    assert of_the_citizen == [
        ("pending_papers:reminder", "2025-06-11T09", False),
        ("pending_papers:due_today", "2025-06-13T09", False),
    ]
    assert town.mails(waiting.number, "容缺材料补交") == {
        "【临期】": TOWNSHIP_CLERKS,
        "【今日到期】": TOWNSHIP_CLERKS,
    }
    await lying.done("survey", "recorded", SURVEYED)
    # Late by the working days after Fri 13: 16, 17, 18, 19, Fri 20.
    assert (await _answered(lying, "survey"))["days_late"] == 5


async def test_calendar_import_moves_what_it_touches_and_wakes_nothing_else(town: Town, tmp_path: Path) -> None:
    """Thu 26 June becomes a rest day (invented)."""
    await town.move_to("2025-06-20T11:00")
    survey, acceptance = await town.file(), await town.file()
    await survey.done("acceptance", "accept")
    notice = await town.file(submitted_on="2025-06-16", paper_reason="系统停用期间受理，现补录")
    await notice.done("acceptance", "accept", done_on="2025-06-17")
    await notice.done("survey", "recorded", SURVEYED, done_on="2025-06-18")
    await notice.done("township_review", "eligible", done_on="2025-06-18")
    await notice.done("township_notice", "posted", {"place": "凤城镇政务公开栏"}, done_on="2025-06-19")
    # Survey 10 WD from Fri 20 June: 23, 24, 25, 26, 27, 30, 1, 2, 3, Fri 4 July. Acceptance 3 WD: 23, 24, Wed 25.
    assert (await survey.task("survey"))["due"]["nominal"] == "2025-07-04"
    assert (await acceptance.task("acceptance"))["due"]["nominal"] == "2025-06-25"
    # Notice of Thu 19 June, 7 days: Thu 26; FORWARD_WD 3: 27, 30, Tue 1 July.
    before = await notice.task("township_notice_result")
    assert (before["not_before"], before["due"]["nominal"]) == ("2025-06-27", "2025-07-01")
    await town.quiet()

    last = await _last_signal(town)
    said: list[str] = []
    await import_calendar(town.stack.settings, _with_rest_day(tmp_path, date(2025, 6, 26)), "14", said.append)
    woken = await _signalled_since(town, last)
    await town.quiet()

    # Survey: 23, 24, 25, 27, 30, 1, 2, 3, 4, Mon 7 July. The notice ends on Fri 27 instead; 30, 1, Wed 2 July.
    assert (await survey.task("survey"))["due"]["nominal"] == "2025-07-07"
    after = await notice.task("township_notice_result")
    assert (after["not_before"], after["due"]["nominal"]) == ("2025-06-28", "2025-07-02")
    assert (await notice.view())["publicity"][0]["last_day"] == "2025-06-27"
    assert await _moved(survey) == [("calendar:survey:moved", "2025-07-04", "2025-07-07", 2, ["X-11"])]
    assert await _moved(notice) == [("calendar:township_notice_result:moved", "2025-07-01", "2025-07-02", 2, ["X-11"])]
    # Due before the day, but its T+1 falls on it: the ladder moves, the date does not.
    assert (await acceptance.task("acceptance"))["due"]["nominal"] == "2025-06-25"
    assert await _moved(acceptance) == []
    assert woken == {f"application/{case.number}" for case in (survey, notice, acceptance)}
    assert "其中改期 2 项" in said[-1]

    await town.move_to("2025-06-27T12:00")
    assert [rung for rung in await rungs(acceptance) if rung[0].endswith("overdue")] == [
        ("acceptance:overdue", "2025-06-27T09", False)
    ]


async def _kill_worker(town: Town) -> None:
    town.stack.kill("worker")
    await town.stack.wait_restarted("worker")


async def _answered(case: Case, kind: str) -> dict[str, object]:
    entries = (await case.view())["timeline"]
    found: dict[str, object] = next(one["codes"] for one in entries if one["tag"].startswith(f"counter:{kind}:"))
    return found


async def _moved(case: Case) -> list[tuple[str, str, str, int, list[str]]]:
    return [
        (
            entry["tag"],
            entry["codes"]["old"],
            entry["codes"]["new"],
            entry["codes"]["calendar_version"],
            entry["grounds"],
        )
        for entry in (await case.view())["timeline"]
        if entry["tag"].startswith("calendar:")
    ]


def _with_rest_day(folder: Path, day: date) -> Path:
    shipped = ROOT / "policy" / "packs" / "14" / "calendar" / "2025.yaml"
    year = yaml.safe_load(shipped.read_text(encoding="utf-8"))
    year["rest"][day] = "虚构的休息日"
    path = folder / "2025.yaml"
    path.write_text(yaml.safe_dump({**year, "version": 2}, allow_unicode=True), encoding="utf-8")
    return path


async def _last_signal(town: Town) -> int:
    return int(await _one(town, "select max(id) from outbox"))


async def _signalled_since(town: Town, last: int) -> set[str]:
    found = await _one(town, "select array_agg(distinct workflow_id) from outbox where id > :last", last=last)
    return set(found)


async def _one(town: Town, query: str, **values: object) -> Any:
    engine = create_async_engine(town.stack.dsn("postgres"))
    try:
        async with engine.connect() as connection:
            return await connection.scalar(text(query), values)
    finally:
        await engine.dispose()
