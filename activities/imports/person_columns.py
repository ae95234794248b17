"""The two columns by which every table names a person (J-06)."""

from exchange import readers
from exchange.columns import Column

NAME = Column("name", "姓名", readers.name, wide=12)
ID_NUMBER = Column(
    "id_number",
    "身份证号码",
    readers.id_number,
    aliases=("身份证号", "公民身份号码", "证件号码"),
    help="18位，单元格须为文本格式",
    wide=22,
)
