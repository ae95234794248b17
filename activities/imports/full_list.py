"""The roster of all who are in force 在册名单 (附件2, A-62), as a full reload: who is new comes, who is missing goes.

Used every month, or once when a county goes live; then a column says since when each person has been entitled. Each category
that occurs on the roster is compared with what was in force; the others stay as they are. Read, checked and compared in
columns (`exchange/rosters/`), and only what changes is written (docs/decisions/0160).
"""

from activities.imports.kinds import Kind
from activities.imports.roster_line import take
from activities.imports.roster_queue import take_roster
from activities.imports.rosters import MANY_LEAVE
from exchange.annexes import ANNEX_2
from exchange.rosters.columns import COLUMNS
from policy.access import Action
from policy.fields import Choice, Field
from policy.fields import Kind as FieldKind

KIND = Kind(
    code="full_list",
    label="在册对象名单（全量）",
    action=Action.UPLOAD_IDENTITY,
    columns=COLUMNS,
    take=take,
    whole=take_roster,
    goes_back=True,
    fields=(
        Field(
            "provided_on",
            "名单提供日期",
            FieldKind.DATE,
            required=False,
            help="本部门提供该名单之日；不填的，以名单上的日期为准，名单上没有的为报送当日",
            clause="C-11",
        ),
        Field(
            "confirmed",
            "确认",
            FieldKind.CHOICE,
            required=False,
            choices=(Choice(MANY_LEAVE, "名单完整，缺少的人员确已全部退出"),),
            help="较上期大量减少的名单，须确认后方可接收",
        ),
    ),
    annex=ANNEX_2,
    about="本部门在册对象的完整名单：新增的自名单提供之日起标识，不在名单上的停止，其余不变。",
    help=(
        "每行一人一个类别；附件2每张表一个类别，在表头勾选。",
        "名单须完整：同一类别中不在名单上的在册人员，视为退出。",
        "首次导入时可填“享受待遇开始日期”，其后报送的不采用。",
    ),
)
