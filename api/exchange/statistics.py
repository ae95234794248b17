"""The statistics of a month, ST-1 … ST-10 of the catalogue, as far as the product holds what they count."""

import csv
from collections.abc import Sequence
from datetime import date
from io import StringIO
from typing import Any

from api.exchange.area import area_of
from api.exchange.matters import check_may_view
from api.identity import CurrentUser
from api.presentation import json_object
from api.services import Services
from store import statistics

LABELS = {
    "ST-1": "信息共享次数",
    "ST-2": "共享人次",
    "ST-3": "两类群体参保率",
    "ST-4": "年度住院次数及三次以上人员",
    "ST-5": "医疗机构次均费用和高额费用患者排名",
    "ST-6": "基金筹集、支出、结余和结余率",
    "ST-7": "医疗救助工作开展情况",
    "ST-8": "高额费用监测：推送、认定、纳入救助",
    "ST-9": "动态调整情况证明的户数、人数",
    "ST-10": "考核指标",
}
NOT_YET = {
    "ST-3": ("参保数据尚未接入，暂不统计", "enrolment is not in the product yet"),
    "ST-4": ("住院登记尚未接入，暂不统计", "admissions are not in the product yet"),
    "ST-5": ("医疗机构费用明细尚未接入，暂不统计", "costs by institution are not in the product yet"),
    "ST-6": ("请在“基金”页面查看本年度数额；按月统计尚未提供", "see the funds page; not by month yet"),
    "ST-7": ("文件未列明统计项目", "the sources list no items"),
    "ST-10": ("文件未列明考核指标", "the sources list no indicators"),
}
HEADINGS = {
    "division": "区划代码",
    "name": "县（市、区）",
    "direction": "方向",
    "partner": "对方部门",
    "sharings": "共享次数",
    "zero_reports": "其中：本月无变动",
    "unconfirmed": "待双方确认",
    "category": "类别",
    "person_times": "人次",
    "list": "名单",
    "pushed": "推送人数",
    "recognised": "认定人数",
    "brought_into_aid": "纳入救助人数",
    "period": "期间",
    "households_added": "增加户数",
    "persons_added": "增加人数",
    "households_removed": "减少户数",
    "persons_removed": "减少人数",
}
COLUMNS = {
    "ST-1": ("division", "name", "direction", "partner", "sharings", "zero_reports", "unconfirmed"),
    "ST-2": ("division", "name", "direction", "category", "person_times"),
    "ST-8": ("division", "name", "list", "pushed", "recognised", "brought_into_aid"),
    "ST-9": (
        *("division", "name", "category", "period"),
        *("households_added", "persons_added", "households_removed", "persons_removed"),
    ),
}


async def statistics_of(services: Services, user: CurrentUser, month: date, division: str = "") -> dict[str, Any]:
    """Each with its label and its rows; `rows` is null where it cannot be counted yet, with the reason. Raises Refusal."""
    check_may_view(user)
    area = area_of(user, division)
    async with services.database.transaction(user.scope) as session:
        counted = {
            "ST-1": await statistics.sharings(session, month, area),
            "ST-2": await statistics.person_times(session, month, area),
            "ST-8": await statistics.high_cost(session, month, area),
            "ST-9": await statistics.adjustments(session, month, area),
        }
    return {
        "month": f"{month:%Y-%m}",
        "division": area,
        "statistics": {code: _one(code, counted.get(code)) for code in LABELS},
    }


def as_csv(found: dict[str, Any], code: str) -> bytes:
    """One statistic as a table that office programs open: UTF-8 with its mark, headings in Chinese."""
    written = StringIO(newline="")
    csv.writer(written).writerows(_table(found, code))
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def as_workbook(found: dict[str, Any]) -> bytes:
    """All that can be counted, a sheet each, and a sheet that says what cannot."""
    from exchange.workbook import Book  # heavy: only where one is made

    book = Book()
    for code in COLUMNS:
        sheet = book.sheet(f"{code} {LABELS[code][:20]}".replace("：", " ").replace("、", " "))
        for line, cells in enumerate(_table(found, code)):
            for column, cell in enumerate(cells):
                sheet.write(line, column, cell, book.header if line == 0 else None)
        sheet.set_column(0, len(COLUMNS[code]), 16)
    sheet = book.sheet("尚不能统计的项目")
    for line, (code, (zh, _en)) in enumerate(NOT_YET.items()):
        sheet.write_row(line, 0, [code, LABELS[code], zh])
    return book.done()


def _table(found: dict[str, Any], code: str) -> list[list[Any]]:
    names = COLUMNS[code]
    rows = found["statistics"][code]["rows"]
    return [[HEADINGS[name] for name in names], *([row[name] for name in names] for row in rows)]


def _one(code: str, rows: Sequence[dict[str, Any]] | None) -> dict[str, Any]:
    if rows is None:
        zh, en = NOT_YET[code]
        return {"label": LABELS[code], "rows": None, "reason": {"zh": zh, "en": en}}
    return {"label": LABELS[code], "rows": [json_object(row) for row in rows]}
