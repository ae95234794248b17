"""The fields of a new application (api contract, POST /api/v1/applications) as the page asks for them."""

from policy.costs import LABELS
from policy.fields import Choice, Field, Kind
from policy.terms import Category, DocumentKind, PayeeKind, Residence, Term
from policy.treatment import TreatmentKind

PAID_BY_ALL = ("total", "compliant_total", "basic", "critical_illness")
"""What every statement has; the others are zero for most."""


def _choices(terms: type[Term]) -> tuple[Choice, ...]:
    return tuple(Choice(term.value, term.label) for term in terms)


CATEGORY = Field(
    "category",
    "对象类别",
    Kind.CHOICE,
    choices=_choices(Category),
    help="本页办理依申请救助；结算之日已认定并标识的对象，受理后转县级直接办理，不入户、不公示于乡镇",
)

APPLICANT = (
    Field("name", "姓名", Kind.LINE),
    Field("id_number", "身份证号码", Kind.LINE),
    Field("phone", "联系电话", Kind.LINE, required=False),
    Field("address", "住址", Kind.LINE, required=False),
    Field("residence", "户籍类型", Kind.CHOICE, choices=_choices(Residence)),
    Field("registered_in", "户籍地", Kind.LINE, required=False, help="区划代码；不填即为受理乡镇"),
    Field("recognised_in", "认定地", Kind.LINE, required=False, help="区划代码；已认定身份的填写"),
    Field("insured_in", "参保地", Kind.LINE, required=False, help="区划代码；不填即为户籍地"),
)

AMOUNTS = tuple(Field(name, label, Kind.MONEY, required=name in PAID_BY_ALL) for name, label in LABELS.items())

INSTITUTION = Field("institution_code", "医疗机构代码", Kind.LINE, required=False)
DISEASE = Field("disease_code", "病种代码", Kind.LINE, required=False, help="省定病种的填写，如 A61-04")
TREATED_AS = Field(
    "treatment", "就医方式", Kind.CHOICE, required=False, choices=_choices(TreatmentKind), help="不填即为住院"
)
TREATMENT = (
    TREATED_AS,
    INSTITUTION,
    Field("settlement_no", "结算单号", Kind.LINE),
    DISEASE,
    Field("admitted_on", "入院日期", Kind.DATE),
    Field("discharged_on", "出院日期", Kind.DATE),
    Field("settled_on", "结算日期", Kind.DATE),
    Field("filing_no", "异地就医备案号", Kind.LINE, required=False),
    Field("referral_no", "转诊单号", Kind.LINE, required=False),
)

ILLNESS_SWITCHES = (("joint_replacement", "关节置换手术"), ("late_stage", "病情处于晚期，同时申请大病关怀救助"))
TILT_SWITCHES = (("referred", "规范转诊"), ("in_province", "省域内就医"))
SWITCHES = (
    ("out_of_region", "统筹区外就医"),
    ("one_stop", "费用已一站式结算"),
    *TILT_SWITCHES,
    *ILLNESS_SWITCHES,
)

PAYEE = (
    Field("kind", "收款方类型", Kind.CHOICE, choices=_choices(PayeeKind)),
    Field("name", "户名", Kind.LINE),
    Field("account", "账号", Kind.LINE),
    Field("bank", "开户银行", Kind.LINE, required=False),
)

PAPER_ENTRY = (
    Field("submitted_on", "纸面提交日期", Kind.DATE, required=False, help="申请人在纸面提交的日期，不得晚于今天"),
    Field("paper_reason", "补录原因", Kind.TEXT, required=False, help="补录时必填"),
)

PAPER_KINDS = tuple(DocumentKind)
HOUSEHOLD = (
    Field("name", "姓名", Kind.LINE, required=False),
    Field("id_number", "身份证号码", Kind.LINE, required=False),
    Field("relation", "与申请人关系", Kind.LINE, required=False),
)
