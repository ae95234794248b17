"""The columns of a roster of those in force: 附件2 名单 as issued (A-62), or a plain table with the same columns."""

from dataclasses import replace

from exchange import readers
from exchange.annexes import ANNEX_2
from exchange.columns import Column

NAME, NUMBER, TOWNSHIP = "name", "id_number", "township"

COLUMNS = (
    *(replace(column, required=column.name in (NAME, NUMBER)) for column in ANNEX_2.columns),
    Column(
        "category",
        "对象类别",
        readers.text(60),
        aliases=("类别", "救助对象类别", "身份类别", "人员类别"),
        required=False,
        help="表头已勾选对象类别的可不填",
        wide=20,
    ),
    Column(
        "since",
        "享受待遇开始日期",
        readers.day,
        aliases=("开始日期", "享受待遇时间"),
        required=False,
        help="首次导入在册名单时填写，如2024-07-01",
    ),
)
"""Only name and number must be there: what else a roster says of a person may be missing, and is not checked but for the
township, the category and the day."""

ATTRIBUTES = tuple(column.name for column in COLUMNS if column.name not in (NAME, NUMBER, "category", "since"))
"""What a roster says about a person besides who they are and which category they hold."""
