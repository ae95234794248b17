"""Writes an invented province: rosters of two months for each of its counties, and if wished the yearly sums of two months."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
from xlsxwriter import Workbook

from policy.terms import Level
from runtime.demo_data.people import MOST
from runtime.demo_data.rosters import HEADER, County, roster
from runtime.demo_data.sums import write_sums
from runtime.trouble import StartTrouble
from store.packs import load_divisions

PROVINCE = "14"
ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True)
class Wanted:
    """`rows` on all rosters of a month together; `errors`: the share of rows typed wrongly; `sums`: insured persons.

    `counties`: rosters of the first so many only, each as long as if there were all.
    """

    folder: Path
    rows: int = 20_000
    sums: int = 0
    seed: int = 1
    errors: float = 0.005
    encoding: str = ENCODINGS[0]
    xlsx: bool = False
    months: Sequence[str] = ("2026-10", "2026-11")
    counties: int | None = None


@dataclass
class Made:
    """What was written. `rosters`: files by month; `planted`: by month, how often each error was typed."""

    rosters: dict[str, list[Path]] = field(default_factory=dict)
    planted: dict[str, dict[str, int]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    sums: list[Path] = field(default_factory=list)


def write_province(wanted: Wanted, say: Callable[[str], None]) -> Made:
    """The same files for the same wishes, every time. Raises StartTrouble when a county would have too many people."""
    counties = list(_counties(wanted.rows))[: wanted.counties]
    if counties[0].rows > MOST:
        raise StartTrouble(f"每县最多{MOST}人（全省约{MOST * len(counties)}人）")
    made = Made()
    for month, name in enumerate(wanted.months):
        folder = wanted.folder / "rosters" / name
        folder.mkdir(parents=True, exist_ok=True)
        found: Counter[str] = Counter()
        made.rosters[name], made.rows[name] = [], 0
        for county in counties:
            frame = roster(county, month, wanted.seed, wanted.errors)
            found.update(frame["planted"].drop_nulls().to_list())
            made.rows[name] += frame.height
            made.rosters[name].append(_write(frame.drop("planted"), folder / county.code, wanted))
        made.planted[name] = dict(sorted(found.items()))
        say(f"{name}：{len(counties)} 县，{made.rows[name]} 行 / counties, rows；{folder}")
    if wanted.sums:
        (wanted.folder / "sums").mkdir(parents=True, exist_ok=True)
        made.sums = write_sums(
            wanted.folder / "sums", wanted.months, wanted.sums, [county.code for county in counties], wanted.seed
        )
        say(f"{wanted.sums} 人两个月的年度累计 / yearly sums of two months；{wanted.folder / 'sums'}")
    told = {"seed": wanted.seed, "rows": made.rows, "planted": made.planted}
    (wanted.folder / "planted.json").write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    return made


def read_province(folder: Path) -> Made:
    """What `write_province` has written there before. Raises FileNotFoundError."""
    told = json.loads((folder / "planted.json").read_text(encoding="utf-8"))
    rosters = {month: sorted((folder / "rosters" / month).iterdir()) for month in told["rows"]}
    return Made(rosters, told["planted"], told["rows"], sorted((folder / "sums").glob("*.parquet")))


def _counties(rows: int) -> Iterator[County]:
    """The counties of the province share the rows evenly; the first get what is left over."""
    divisions = [one for one in load_divisions() if one.code.startswith(PROVINCE)]
    codes = [one.code for one in divisions if one.level is Level.COUNTY]
    each, left = divmod(rows, len(codes))
    for place, code in enumerate(codes):
        townships = [one.name for one in divisions if one.parent == code and one.level is Level.TOWNSHIP]
        yield County(code, townships or ["城关镇"], each + (place < left))


def _write(frame: pl.DataFrame, path: Path, wanted: Wanted) -> Path:
    if wanted.xlsx:
        return _write_workbook(frame, path.with_suffix(".xlsx"))
    path = path.with_suffix(".csv")
    text = frame.rename(HEADER).write_csv(line_terminator="\r\n", quote_style="never")
    path.write_bytes(text.encode(wanted.encoding))
    return path


def _write_workbook(frame: pl.DataFrame, path: Path) -> Path:
    options = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(path, options) as book:
        sheet = book.add_worksheet()
        for place, label in enumerate(HEADER.values()):
            sheet.write_string(0, place, label)
        for line, cells in enumerate(frame.iter_rows(), start=1):
            for place, cell in enumerate(cells):
                if cell:
                    sheet.write_string(line, place, cell)
    return path
