"""The shipped baseline of the law: the packs under `policy/packs`, read and checked.

`migrate` loads them into tables; tests build a Rulebook straight from them.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from policy.clauses import Clause, Document
from policy.parameters import well_formed
from policy.rulebook import Basis, Parameter, Rulebook
from policy.terms import Level, ancestors
from policy.working_days import CalendarStatus, CalendarYear
from store.rulebook import Law, by_key

PACKS = Path(__file__).resolve().parent.parent / "policy" / "packs"
DEMONSTRATION = PACKS / "demo"


class BadPack(Exception):
    """A pack that cannot be read; names the file, the entry and what is wrong with it."""

    def __init__(self, path: Path, entry: str, reason: str) -> None:
        shown = path.relative_to(PACKS) if path.is_relative_to(PACKS) else path
        super().__init__(f"{shown}: {entry}: {reason}")


@dataclass(frozen=True)
class DivisionRow:
    """A division 行政区划, coded without trailing zeros."""

    code: str
    name: str
    level: Level
    parent: str | None
    valid_from: date
    valid_to: date | None
    source: str


@dataclass(frozen=True)
class PackData:
    documents: tuple[Document, ...]
    clauses: tuple[Clause, ...]
    parameters: tuple[Parameter, ...]
    calendars: tuple[tuple[str, CalendarYear], ...]
    """Each with the division whose pack holds it."""

    def divisions(self) -> tuple[DivisionRow, ...]:
        """Every division shipped, parents before children."""
        return load_divisions()


def shipped() -> tuple[str, ...]:
    """The divisions that have a pack, those that contain others first: 14, 1405, 3708."""
    return tuple(
        sorted((folder.name for folder in PACKS.iterdir() if folder.name.isdigit()), key=lambda d: (len(d), d))
    )


def calendar_owners() -> tuple[str, ...]:
    """The divisions whose pack holds the country's calendar, each as rows of its own: 14, 3708."""
    return tuple(division for division in shipped() if any(_calendar_folder(PACKS / division).glob("*.yaml")))


def load_packs(divisions: Sequence[str], *, demo: bool = False, up: bool = False) -> PackData:
    """The packs of `divisions` (14, 1405), with the demonstration overlay if `demo`, and with what only the running
    demonstration adds to it if `up`.

    Raises BadPack.
    """
    packs = [(PACKS / division, division) for division in divisions]
    for folder, division in packs:
        if not folder.is_dir():
            raise BadPack(folder, division, "there is no such pack")
    overlays = ([DEMONSTRATION] if demo or up else []) + ([DEMONSTRATION / "up"] if up else [])
    folders = [*(folder for folder, _ in packs), *overlays]
    documents, clauses = _read_documents(folders)
    parameters = [
        *(parameter for folder, division in packs for parameter in read_parameters(folder / "parameters", division)),
        *(parameter for folder in overlays for parameter in read_parameters(folder / "parameters")),
    ]
    calendars = [
        (division, read_calendar(path))
        for folder, division in packs
        for path in sorted(_calendar_folder(folder).glob("*.yaml"))
    ]
    return PackData(documents, clauses, tuple(parameters), tuple(calendars))


def rulebook_from_packs(division: str, known_on: date, *, demo: bool = False, up: bool = False) -> Rulebook:
    """The rulebook of `division` as shipped, without a database."""
    packs = load_packs([d for d in reversed(ancestors(division)) if (PACKS / d).is_dir()], demo=demo, up=up)
    return law_of(packs).rulebook(division, known_on)


def law_of(packs: PackData) -> Law:
    """What the packs say, as read from the tables after they have been loaded."""
    calendars: dict[str, dict[int, CalendarYear]] = defaultdict(dict)
    for owner, year in packs.calendars:
        calendars[owner][year.year] = year
    return Law(
        {document.id: document for document in packs.documents},
        {clause.id: clause for clause in packs.clauses},
        by_key(packs.parameters),
        calendars,
    )


def load_divisions() -> tuple[DivisionRow, ...]:
    """The seed of divisions: province, cities, counties, townships. Raises BadPack."""
    rows: list[DivisionRow] = []
    for path in sorted((PACKS / "divisions").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                with _reading(path, row["code"]):
                    rows.append(_division(row))
    return tuple(sorted(rows, key=lambda row: (row.level.rank, row.code)))


def read_parameters(folder: Path, division: str | None = None) -> Iterator[Parameter]:
    """The entries of a folder: of `division` where an entry names none itself. Raises BadPack."""
    for path in sorted(folder.glob("*.yaml")):
        for position, entry in enumerate(_content(path, list), start=1):
            if not isinstance(entry, dict):
                raise BadPack(path, f"entry {position}", "a mapping is expected")
            with _reading(path, str(entry.get("key", f"entry {position}"))):
                yield _parameter(entry, division)


def read_calendar(path: Path) -> CalendarYear:
    """One year of the holiday notice. Raises BadPack, also for a rest or make-up day that cannot be one."""
    content = _content(path, dict)
    with _reading(path, "calendar"):
        year = CalendarYear(
            content["year"],
            content["version"],
            CalendarStatus(content["status"]),
            content["source"],
            {_day(day): name for day, name in content["rest"].items()},
            {_day(day): name for day, name in content["make_up"].items()},
        )
        for day in (*year.rest, *year.make_up):
            if day.year != year.year:
                raise ValueError(f"{day} is not a day of {year.year}")
        for day in year.make_up:
            if day.weekday() < 5 or day in year.rest:
                raise ValueError(f"{day} cannot be a make-up day: it is a weekday or a holiday")
    return year


def _calendar_folder(pack: Path) -> Path:
    """Where the pack's calendars stand: its own, or another's that its pack.yaml declares to be its own too."""
    declared = pack / "pack.yaml"
    return PACKS / _content(declared, dict)["calendar_of"] / "calendar" if declared.exists() else pack / "calendar"


def _read_documents(folders: Sequence[Path]) -> tuple[tuple[Document, ...], tuple[Clause, ...]]:
    documents: dict[str, Document] = {}
    clauses: dict[str, Clause] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("documents/*.yaml"))):
        content = _content(path, dict)
        with _reading(path, str(content.get("id"))):
            document = _document(content)
            _add(documents, document.id, document)
        for entry in content["clauses"]:
            with _reading(path, str(entry.get("id"))):
                clause = Clause(entry["id"], document.id, entry["section"], entry["title"], entry["text"])
                _add(clauses, clause.id, clause)
    return tuple(documents.values()), tuple(clauses.values())


def _add(known: dict[str, Any], name: str, thing: object) -> None:
    if name in known:
        raise ValueError("this id is already taken")
    known[name] = thing


def _document(content: Mapping[str, Any]) -> Document:
    return Document(
        content["id"],
        content["number"],
        content["title"],
        content["division"],
        _day(content["in_force_from"]),
        _day_or_none(content["in_force_to"]),
        content["public"],
        content.get("demonstration", False),
    )


def _parameter(entry: Mapping[str, Any], division: str | None) -> Parameter:
    if not well_formed(entry["unit"], entry["value"]):
        raise ValueError(f"the value is not of unit {entry['unit']}")
    return Parameter(
        entry["key"],
        entry["value"],
        entry["unit"],
        entry["division"] if division is None else entry.get("division", division),
        _day(entry["effective_from"]),
        _day_or_none(entry["effective_to"]),
        entry["document"],
        Basis(entry["basis"]),
        entry["clause"],
        note=entry["note"],
    )


def _division(row: Mapping[str, str]) -> DivisionRow:
    return DivisionRow(
        row["code"],
        row["name"],
        Level(row["level"]),
        row["parent"] or None,
        date.fromisoformat(row["valid_from"]),
        date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        row["source"],
    )


def _content(path: Path, kind: type) -> Any:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadPack(path, "whole file", f"not readable as YAML: {error}") from error
    if not isinstance(content, kind):
        raise BadPack(path, "whole file", f"a {kind.__name__} is expected")
    return content


@contextmanager
def _reading(path: Path, entry: str) -> Iterator[None]:
    """Whatever is wrong inside becomes a BadPack that names the place."""
    try:
        yield
    except KeyError as error:
        raise BadPack(path, entry, f"{error.args[0]} is missing") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise BadPack(path, entry, str(error)) from error


def _day(value: object) -> date:
    if type(value) is not date:
        raise ValueError(f"{value!r} is not a date")
    return value


def _day_or_none(value: object) -> date | None:
    return None if value is None else _day(value)
