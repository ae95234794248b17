"""The fields of a try-out (api contract, POST /api/v1/policy/assess) as the page asks for them."""

from api.pages.application_form import AMOUNTS, DISEASE, ILLNESS_SWITCHES, INSTITUTION, TILT_SWITCHES, TREATED_AS
from policy.fields import Choice, Field, Kind
from policy.terms import Category, Residence

ABOUT = (
    Field("division", "区划代码", Kind.LINE, help="按该地现行参数计算"),
    Field("on", "适用待遇的日期", Kind.DATE, help="一般为结算日期"),
    Field(
        "residence",
        "户籍类型",
        Kind.CHOICE,
        required=False,
        choices=tuple(Choice(term.value, term.label) for term in Residence),
    ),
)
CATEGORIES = Field(
    "categories",
    "对象类别（可多选，取最优一项，不累加）",
    Kind.CHOICES,
    choices=tuple(Choice(term.value, term.label) for term in Category),
    clause="B-21",
)
COSTS = AMOUNTS
TREATED = (TREATED_AS, INSTITUTION, DISEASE)
SWITCHES = (*TILT_SWITCHES, *ILLNESS_SWITCHES)
USED = (
    Field("paid_this_year", "已享受救助金额", Kind.MONEY, required=False),
    Field("deductible_used_this_year", "已计入起付标准的金额", Kind.MONEY, required=False),
    Field("outpatient_paid", "本期已享受门诊救助金额", Kind.MONEY, required=False),
)
PATIENT = Field("age", "年龄（周岁）", Kind.LINE, required=False, help="限于儿童的病种须填写")
CARE_AID_BEFORE = ("care_aid_before", "曾享受大病关怀救助")
