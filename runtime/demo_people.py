"""Who the invented cases of `make up` are about, and how far each has come. People, papers and numbers are invented; the
ID numbers are valid by their form."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from policy.terms import Category

TOWN, SECOND_TOWN = "140522100", "140522101"
COUNTY = "140522"


@dataclass(frozen=True)
class Act:
    """One answer on the way: by whom, how many working days after the act before it, with which fields."""

    kind: str
    outcome: str
    days: int
    actor: str
    fields: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class DemoCase:
    """`acts` have been done, the last one `idle` working days ago. `base` is what the person bears, in whole yuan."""

    name: str
    id_number: str
    category: Category
    town: str
    acts: Sequence[Act]
    idle: int
    base: int
    hospital: bool = False
    lacks: tuple[str, ...] = ()


TOWN_DESK = "township.township_government.caseworker@{town}"
TOWN_HEAD = "township.township_government.supervisor@{town}"
COUNTY_DESK = f"county.medical_insurance.caseworker@{COUNTY}"
COUNTY_HEAD = f"county.medical_insurance.supervisor@{COUNTY}"
FINANCE_DESK = f"county.finance.caseworker@{COUNTY}"
FINANCE_HEAD = f"county.finance.supervisor@{COUNTY}"

_SURVEYED = (
    ("illness", "经核对病历，患病情况属实"),
    ("household_economy", "家庭收入主要来自务农和零工，无经营性资产"),
    ("surveyors", ["成禾", "申望"]),
    ("village_helper", "村民委员会 霍立秋"),
)
_REFUSED = (("provisions", ["A-06", "A-39"]), ("reason", "入户调查的家庭经济状况与申请不符"))

MAIN_PATH = (
    Act("acceptance", "accept", 1, TOWN_DESK),
    Act("survey", "recorded", 3, TOWN_DESK, _SURVEYED),
    Act("township_review", "eligible", 0, TOWN_HEAD),
    Act("township_notice", "posted", 1, TOWN_DESK, (("place", "乡镇政务公开栏和村务公开栏"),)),
    # Seven calendar days, however they fall, are over on the eighth working day.
    Act("township_notice_result", "no_objection", 8, TOWN_DESK),
    Act("forwarding", "forwarded", 0, TOWN_DESK),
    Act("county_review", "propose_approval", 3, COUNTY_DESK),
    Act("county_approval", "approve", 1, COUNTY_HEAD),
    Act("county_notice", "posted", 1, COUNTY_DESK, (("place", "县医疗保障局公开栏"),)),
    Act("county_notice_result", "no_objection", 6, COUNTY_DESK),
    Act("payment_request", "submit", 0, COUNTY_DESK),
    Act("finance_review", "approve", 2, FINANCE_DESK),
    Act("transfer", "confirmed", 2, FINANCE_HEAD),
)
REFUSED_BY_TOWN = (
    *MAIN_PATH[:2],
    Act("township_review", "not_eligible", 0, TOWN_HEAD, _REFUSED),
    Act("refusal_notice", "issued", 1, TOWN_DESK),
)


def _until(kind: str) -> Sequence[Act]:
    """The main path up to the step that is now waiting."""
    kinds = [act.kind for act in MAIN_PATH]
    return MAIN_PATH[: kinds.index(kind)]


OBJECTED_TO = (
    *_until("township_notice_result"),
    Act("township_notice_result", "objection", 2, TOWN_DESK, (("content", "据反映，该户另有一辆未申报的车辆"),)),
)
IDENTITY_ASKED = (
    *_until("county_review"),
    Act("county_review", "ask_civil_affairs", 2, COUNTY_DESK, (("question", "请核对刚性支出困难家庭认定是否有效"),)),
)
WITH_PAPERS_TO_FOLLOW = (Act("acceptance", "accept_with_pending", 1, TOWN_DESK, (("pending", ["insurance_proof"]),)),)


CASES = (
    DemoCase("霍青禾", "140522196001010010", Category.GXZC, TOWN, (), 0, 26000),  # acceptance, green
    DemoCase("段采苓", "140522195803121025", Category.DBBY, TOWN, (), 2, 15000),  # acceptance, yellow
    DemoCase("延秋实", "140522197111202034", Category.GXZC, TOWN, _until("survey"), 11, 31000),  # survey, red
    DemoCase(
        "栗初阳",
        "140522196508073141",
        Category.GXZC,
        SECOND_TOWN,
        WITH_PAPERS_TO_FOLLOW,
        1,
        24000,
        False,
        ("insurance_proof",),
    ),
    DemoCase("卫疏桐", "14052219490505405X", Category.GXZC, TOWN, _until("township_review"), 6, 42000),  # yellow
    DemoCase("茹望舒", "14052219830923516X", Category.GXZC, SECOND_TOWN, _until("township_notice_result"), 2, 28000),
    DemoCase("蔺知夏", "140522199012026273", Category.GXZC, TOWN, _until("county_review"), 12, 65000, True),  # red
    DemoCase("原景行", "140522195506187386", Category.GXZC, TOWN, _until("county_approval"), 0, 38000),
    DemoCase("常汀兰", "140522197702148498", Category.DBBY, SECOND_TOWN, _until("county_notice_result"), 1, 22000),
    DemoCase("孟听澜", "140522200103309514", Category.GXZC, TOWN, _until("finance_review"), 4, 36000, True),  # yellow
    DemoCase("席未晞", "140522196809090623", Category.GXZC, TOWN, MAIN_PATH, 1, 33000),  # paid
    DemoCase("郜南星", "140522195207261734", Category.GXZC, SECOND_TOWN, REFUSED_BY_TOWN, 1, 12000),  # to be delivered
    DemoCase(
        "茌若木", "140522196204253952", Category.DSR, TOWN, _until("county_review"), 2, 30000
    ),  # parameter missing
    DemoCase("竺清和", "140522196607112046", Category.GXZC, TOWN, OBJECTED_TO, 1, 27000),
    DemoCase("暴云舒", "140522197302183171", Category.GXZC, TOWN, IDENTITY_ASKED, 2, 35000),
    DemoCase("谈若谷", "14052219590930628X", Category.GXZC, TOWN, _until("payment_request"), 1, 29000, True),
    DemoCase("闾丘远", "140522198104167052", Category.DBBY, SECOND_TOWN, _until("payment_request"), 1, 18000),
)
