"""The tables that the invented exchange of `make up` hands in. People, places and papers are invented; the ID numbers are
valid by their form, except for the rows that are to come back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

Table = Sequence[Sequence[str]]
VILLAGE = "虚构村"

LISTED = (
    ("凤城镇", "阙云岫", "140522194811030719", "3", "阙云岫", "140522194811030719", "新识别"),
    ("凤城镇", "阙云岫", "140522194811030719", "3", "阙知微", "140522195108270846", "新识别"),
    ("凤城镇", "阙云岫", "140522194811030719", "3", "阙小满", "140522201203090972", "自然增加"),
    ("凤城镇", "逄谷雨", "140522195506171106", "2", "逄谷雨", "140522195506171106", "新识别"),
    ("凤城镇", "逄谷雨", "140522195506171106", "2", "逄清明", "140522195812021237", "新识别"),
    ("北留镇", "邰秋白", "140522196304211362", "2", "邰秋白", "140522196304211362", "新识别"),
    ("北留镇", "邰秋白", "140522196304211362", "2", "邰冬至", "140522196609151495", "新识别"),
    ("北留镇", "殳星野", "140522197110081621", "1", "殳星野", "140522197110081621", "新识别"),
    ("凤城镇", "仉若水", "140522195402281757", "2", "仉若水", "140522195402281757", "新识别"),
    ("凤城镇", "仉若水", "140522195402281757", "2", "仉长庚", "140522198005121888", "新识别"),  # wrong check digit
    ("凤城镇", "亓晚晴", "14052219770730201X", "2", "亓晚晴", "140522197702302015", "新识别"),  # 30 February
    ("凤凰镇", "亓晚晴", "14052219770730201X", "2", "亓木欣", "140522200306192141", "自然增加"),  # no such township
)
"""低保, six households and twelve persons with those that come back: township, head, his number, size, person, number, change."""

CERTIFIED = {"households_added": str(len({row[2] for row in LISTED})), "persons_added": str(len(LISTED))}


def adjustment_list(adjusted_on: date) -> Table:
    """附件3 as a plain table."""
    header = (
        "乡（镇）",
        "行政村",
        "户主姓名",
        "身份证号码",
        "家庭人口数",
        "家庭成员姓名",
        "身份证号码",
        "动态调整工作类型",
        "动态调整时间",
    )
    month = f"{adjusted_on.year}年{adjusted_on.month}月"
    return [header, *((row[0], VILLAGE, *row[1:], month) for row in LISTED)]


@dataclass(frozen=True)
class Burdened:
    """Somebody with high costs. `before` and `after` are what they have borne by the end of one month and of the next."""

    name: str
    id_number: str
    residence: str
    before: str
    after: str
    monitored_as: str = ""


BURDENED = (
    Burdened("宓听雨", "140522196203140833", "农村", "7200.00", "7200.00", "突发严重困难户"),  # has not changed
    Burdened("佘向晚", "140522196908251007", "农村", "9100.00", "12400.00", "脱贫不稳定户"),
    Burdened("贲远山", "140522197402111175", "农村", "26000.00", "31500.00"),
    Burdened("隗初雪", "140522198111191341", "城镇", "21000.00", "21000.00"),  # has not changed
    Burdened("麴怀瑾", "140522195906061512", "农村", "18000.00", "19800.00"),  # below the line
    Burdened("郇望山", "140522196604031689", "农村", "", "23500.00"),
    Burdened("璩清扬", "140522197207291852", "城镇", "", "28000.00"),
)


def identity_list(begins: date, provided_on: date) -> Table:
    """Who of them is monitored by the agriculture department: for them, high costs may mean 返贫."""
    header = ("姓名", "身份证号码", "对象类别", "开始日期", "名单提供日期")
    days = begins.isoformat(), provided_on.isoformat()
    return [header, *((one.name, one.id_number, one.monitored_as, *days) for one in BURDENED if one.monitored_as)]


def burdens_before() -> Table:
    return list(_burdens([(one, one.before) for one in BURDENED]))


def burdens_after() -> Table:
    return list(_burdens([(one, one.after) for one in BURDENED]))


def _burdens(borne: Sequence[tuple[Burdened, str]]) -> Iterator[Sequence[str]]:
    yield ("姓名", "身份证号码", "城乡属性", "参保险种", "个人年度累计负担", "其中医疗救助已支付")
    for one, amount in borne:
        if amount:
            yield one.name, one.id_number, one.residence, "居民医保", amount, ""
