"""The counts beside the board: ST-1, ST-2, ST-8 and ST-9 summed over what is shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.exchange.board import Board
from api.exchange.statistics import statistics_of
from api.identity import CurrentUser
from api.services import Services

SUMS = (
    ("ST-1", "sharings", "共享次数"),
    ("ST-2", "person_times", "共享人次"),
    ("ST-8", "pushed", "高额费用推送人数"),
    ("ST-8", "recognised", "推送后认定人数"),
    ("ST-8", "brought_into_aid", "纳入救助人数"),
    ("ST-9", "persons_added", "动态调整新增人数"),
    ("ST-9", "persons_removed", "动态调整减少人数"),
)


@dataclass(frozen=True)
class Figure:
    code: str
    label: str
    value: int


async def figures_of(services: Services, user: CurrentUser, month: date, division: str) -> list[Figure]:
    """As counted today. Raises Refusal 403, 404."""
    found = (await statistics_of(services, user, month, division))["statistics"]
    return [Figure(code, label, _sum(found[code]["rows"], column)) for code, column, label in SUMS]


def as_it_stood(board: Board) -> list[Figure]:
    """ST-1 and ST-2 at the end of the board's day, which its counties keep."""
    return [Figure("ST-1", "共享次数", board.sharings), Figure("ST-2", "共享人次", board.person_times)]


def _sum(rows: Iterable[Mapping[str, Any]], column: str) -> int:
    return sum(row[column] or 0 for row in rows)
