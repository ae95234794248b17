"""What must hold of a new application beyond its shape: every problem is found, each at its field, with its clause."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.answering.days import check_day
from api.filing.reading import Reading
from api.identity import CurrentUser
from policy import identity_number
from policy.costs import Costs, TreatmentDates, check_costs, check_dates
from policy.payment_terms import NEVER_A_PAYEE
from policy.problems import Problem
from policy.recognition import ends_on, validity
from policy.rulebook import Rulebook
from policy.terms import Category, DocumentKind, Level, level_of, normal_division
from policy.treatment import TreatmentKind, normal_code
from store.files import FileRow
from store.reference import DivisionRow
from store.rulebook import load_rulebook

RECOGNITION = "RECOGNITION_REQUIRED"
DISEASE_LISTS = ("DISEASE_LIST", "RARE_DISEASES")


@dataclass(frozen=True)
class Checked:
    """The problems, and what was looked up on the way."""

    problems: list[Problem]
    files: dict[uuid.UUID, FileRow]


async def check_filing(session: AsyncSession, user: CurrentUser, reading: Reading, today: date) -> Checked:
    submitted_on = reading.top.get("submitted_on") or today
    rulebook = await load_rulebook(session, user.division, today)
    files, paper_problems = await _papers(session, reading)
    problems = [
        *reading.problems,
        *await _divisions(session, user, reading, today),
        *_numbers(reading, today),
        *_costs(reading),
        *_dates(reading, submitted_on, today),
        *_treatment(reading),
        *_payee(reading),
        *_disease(reading, rulebook, submitted_on),
        *_recognition(reading, rulebook, submitted_on, today),
        *paper_problems,
        *await check_day(
            session,
            user.division,
            submitted_on,
            today,
            not_before=None,
            reason=reading.top.get("paper_reason"),
            pointer="/submitted_on",
        ),
    ]
    return Checked(_each_once(problems), files)


async def check_corrected(session: AsyncSession, division: str, reading: Reading, today: date) -> list[Problem]:
    """What must hold of a registered application whose content is put right: all of it but where and when it was filed."""
    submitted_on = reading.top.get("submitted_on") or today
    rulebook = await load_rulebook(session, division, today)
    problems = [
        *reading.problems,
        *await _known_divisions(session, _named(reading), today),
        *_numbers(reading, today),
        *_costs(reading),
        *_dates(reading, submitted_on, today),
        *_treatment(reading),
        *_payee(reading),
        *_disease(reading, rulebook, submitted_on),
        *_recognition(reading, rulebook, submitted_on, today),
    ]
    return _each_once(problems)


async def _divisions(session: AsyncSession, user: CurrentUser, reading: Reading, today: date) -> Sequence[Problem]:
    problems = await _known_divisions(session, _named(reading), today)
    township = normal_division(reading.top.get("division") or "")
    if township and not any(problem.pointer == "/division" for problem in problems):
        problems += _own_township(user, township)
    return problems


def _named(reading: Reading) -> dict[str, str]:
    """Every division that the application names, by its pointer."""
    named = {"/division": reading.top.get("division")} | {
        f"/applicant/{name}": reading.applicant.get(name) for name in ("registered_in", "recognised_in", "insured_in")
    }
    return {pointer: normal_division(code) for pointer, code in named.items() if code}


async def _known_divisions(session: AsyncSession, codes: Mapping[str, str], today: date) -> list[Problem]:
    rows = await session.scalars(select(DivisionRow).where(DivisionRow.code.in_(set(codes.values()))))
    known = {row.code for row in rows if row.valid_from <= today and (row.valid_to is None or today < row.valid_to)}
    return [
        Problem(pointer, f"没有区划代码{code}", f"there is no division {code}")
        for pointer, code in codes.items()
        if code not in known
    ]


def _own_township(user: CurrentUser, township: str) -> Iterable[Problem]:
    if level_of(township) is not Level.TOWNSHIP:
        yield Problem("/division", "受理地应为乡镇（街道），9位代码", "a township of 9 digits is needed", "A-38")
    elif township != user.division:
        yield Problem("/division", "只能受理本乡镇（街道）的申请", "not your township", "A-38")


def _numbers(reading: Reading, today: date) -> Iterable[Problem]:
    people: list[tuple[str, Any]] = [("/applicant/id_number", reading.applicant.get("id_number"))]
    people += [
        (f"/applicant/household/{place}/id_number", member.get("id_number"))
        for place, member in enumerate(reading.household)
    ]
    seen: set[str] = set()
    for pointer, typed in people:
        if not isinstance(typed, str):
            continue
        problem = identity_number.check(typed, today, pointer)
        number = identity_number.normal(typed)
        if problem:
            yield problem
        elif number in seen:
            yield Problem(pointer, "身份证号码与他人重复", "this ID number occurs twice")
        seen.add(number)


def _costs(reading: Reading) -> Iterable[Problem]:
    names = [part.name for part in fields(Costs)]
    parts = {name: reading.costs[name] for name in names if name in reading.costs}
    if len(parts) == len(names):
        yield from (problem.below("/costs") for problem in check_costs(Costs(**parts)))


def _dates(reading: Reading, submitted_on: date, today: date) -> Iterable[Problem]:
    days = TreatmentDates(*(reading.costs.get(name) for name in ("admitted_on", "discharged_on", "settled_on")))
    return [problem.below("/costs") for problem in check_dates(days, submitted_on, today)]


def _treatment(reading: Reading) -> Iterable[Problem]:
    if reading.costs.get("joint_replacement") and reading.costs.get("treatment") is TreatmentKind.OUTPATIENT:
        yield Problem(
            "/costs/joint_replacement",
            "关节置换手术限于住院治疗，与就医方式“门诊”不符",
            "a joint replacement is inpatient treatment",
            "A-61",
        )


def _payee(reading: Reading) -> Iterable[Problem]:
    name = reading.payee.get("name")
    if isinstance(name, str) and name.strip().endswith(NEVER_A_PAYEE):
        zh = "不得支付给乡镇（街道）、村（社区）：由专户直接支付到定点医疗机构、定点药店或医疗救助对象"
        yield Problem("/payee/name", zh, "the money never passes through a township or village", "A-51")


def _disease(reading: Reading, rulebook: Rulebook, submitted_on: date) -> Iterable[Problem]:
    """A code that looks like one of a list of diseases and is none: a slip of the pen would cost the list's own rules."""
    typed = reading.costs.get("disease_code")
    code = normal_code(typed) if isinstance(typed, str) else None
    if code is None:
        return
    for key in DISEASE_LISTS:
        listed = rulebook.find(key, submitted_on)
        codes = set(listed.value or {}) if listed is not None else set()
        series = {code.partition("-")[0] for code in codes}
        if code.partition("-")[0] in series and code not in codes:
            zh, en = f"病种目录中没有{code}", f"{code} is not in the list of diseases"
            yield Problem("/costs/disease_code", zh, en, listed.clause if listed else None)


def _recognition(reading: Reading, rulebook: Rulebook, submitted_on: date, today: date) -> Iterable[Problem]:
    """Where civil affairs must have recognised the person first, their paper is attached, with number and date (C-03)."""
    required = rulebook.find(RECOGNITION, submitted_on)
    category = reading.top.get("category")
    if required is None or category is None or category.value not in required.value:
        return
    papers = [
        (place, paper)
        for place, paper in enumerate(reading.documents)
        if paper.get("kind") is DocumentKind.RECOGNITION and not paper.get("pending")
    ]
    if not papers:
        yield Problem(
            "/documents",
            f"“{category.label}”须附民政部门认定材料，并填写文号和日期",
            "the recognition by civil affairs must be attached, with number and date",
            required.clause,
        )
    for place, paper in papers:
        if not paper.get("no"):
            yield Problem(f"/documents/{place}/no", "认定材料须填写文号", "its number is needed", required.clause)
        dated = paper.get("date")
        if dated is None:
            yield Problem(f"/documents/{place}/date", "认定材料须填写日期", "its date is needed", required.clause)
        elif dated > today:
            yield Problem(f"/documents/{place}/date", "认定日期不能晚于今天", "its date lies in the future")
        else:
            yield from _expired(rulebook, category, f"/documents/{place}/date", dated, submitted_on)


def _expired(
    rulebook: Rulebook, category: Category, pointer: str, recognised_on: date, submitted_on: date
) -> Iterable[Problem]:
    """A recognition that has expired by the day of submission must be renewed first (X-4)."""
    rule = validity(rulebook, category, submitted_on)
    if rule is None or submitted_on < (until := ends_on(rule, recognised_on)):
        return
    yield Problem(
        pointer,
        f"认定结果自{recognised_on}起{rule.value}个月内有效，{until}起失效；须由民政部门重新认定后再申请",
        f"the recognition has expired on {until}; it must be renewed before applying",
        rule.clause,
    )


async def _papers(session: AsyncSession, reading: Reading) -> tuple[dict[uuid.UUID, FileRow], list[Problem]]:
    named = {place: paper["file"] for place, paper in enumerate(reading.documents) if paper.get("file")}
    rows = await session.scalars(
        select(FileRow)
        .where(FileRow.id.in_(set(named.values())), FileRow.origin == "upload", FileRow.application_id.is_(None))
        .order_by(FileRow.id)
        .with_for_update()  # or two cases filed at once could both take one file
    )
    found = {row.id: row for row in rows}
    problems = [
        Problem(f"/documents/{place}/file", "没有这个已上传的文件，或已用于其他案件", "there is no such uploaded file")
        for place, file in named.items()
        if file not in found
    ]
    for place, paper in enumerate(reading.documents):
        if "kind" in paper and not paper.get("file") and not paper.get("pending") and "file" in paper:
            problems.append(
                Problem(f"/documents/{place}/file", "请上传文件，或注明后补", "a file is needed, or `pending`", "A-37")
            )
    return found, problems


def _each_once(problems: Iterable[Problem]) -> list[Problem]:
    """The first problem of each field: what is misshapen need not be told again as missing."""
    first: dict[str, Problem] = {}
    for problem in problems:
        first.setdefault(problem.pointer, problem)
    return list(first.values())
