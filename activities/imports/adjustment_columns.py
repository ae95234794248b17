"""The columns of 附件3 (A-63), and two more that a jurisdiction or a change of category may ask for."""

from exchange import readers
from exchange.annexes import ANNEX_3
from exchange.columns import Column

COLUMNS = (
    *ANNEX_3.columns,
    Column(
        "from_category",
        "原对象类别",
        readers.text(60),
        aliases=("变更前类别", "原类别"),
        required=False,
        help="身份变更的填写；只有一个身份的可不填",
        wide=20,
    ),
    Column(
        "benefit_from",
        "待遇享受起止日期",
        readers.day,
        aliases=("享受待遇开始日期", "待遇起始日期", "停止待遇日期"),
        required=False,
        help="本部门待遇开始或停止之日；按规定以此确定医保待遇的地区填写",
        wide=18,
    ),
)
