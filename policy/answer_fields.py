"""The fields that several kinds of answer ask for."""

from policy.fields import Choice, Field, Kind
from policy.terms import DocumentKind

PAPER_KINDS = tuple(Choice(kind.value, kind.label) for kind in DocumentKind)

REFUSAL_PROVISIONS = (
    Choice("A-38", "不属于本乡镇（街道）户籍，或不属于依申请救助对象"),
    Choice("A-04", "不符合低收入救助对象条件"),
    Choice("A-06", "不符合因病致贫家庭重病患者条件"),
    Choice("A-37", "申请材料不足以证明所申请的事项"),
    Choice("A-39", "入户调查的患病情况或家庭经济状况与申请不符"),
    Choice("A-13", "经各项报销和扣除后，无个人负担的合规医疗费用"),
    Choice("A-17", "个人负担的合规医疗费用未超过起付标准"),
    Choice("B-21", "同一费用已经享受救助，不得重复救助"),
)
"""What 附件5 prints after “不符合我省医疗救助政策的以下规定” (A-68): at least one, as the clause it rests on."""

OPINION = Field("opinion", "审核意见", Kind.TEXT, required=False)
SEND_BACK = (Field("reason", "退回理由", Kind.TEXT, help="请写明需要补充或重新调查的内容"),)
REFUSAL = (
    Field("provisions", "不符合的规定", Kind.CHOICES, choices=REFUSAL_PROVISIONS, clause="A-68"),
    Field("reason", "理由说明", Kind.TEXT, help="写入书面告知书，请写明事实和依据", clause="A-42"),
)
POSTING = (
    Field("place", "公示地点", Kind.LINE, help="如：乡镇政务公开栏、村务公开栏"),
    Field(
        "medium",
        "公示方式",
        Kind.CHOICE,
        required=False,
        choices=(Choice("board", "公开栏张贴"), Choice("website", "网站"), Choice("both", "公开栏和网站")),
    ),
)
PAPERS = (Field("documents", "补交的材料", Kind.DOCUMENTS, choices=PAPER_KINDS, clause="A-37"),)
SURVEY_RECORD = (
    Field("illness", "患病情况", Kind.TEXT, clause="A-40b"),
    Field("household_economy", "家庭经济状况", Kind.TEXT, clause="A-40b"),
    Field("surveyors", "调查人", Kind.NAMES, help="不少于规定人数，一行一人", clause="A-39"),
    Field("village_helper", "村（居）民委员会协助人", Kind.LINE, required=False, clause="A-39"),
    Field("conclusion", "调查结论", Kind.TEXT, required=False),
)
OBJECTION = (
    Field("content", "异议内容", Kind.TEXT, clause="R-NOTICE"),
    Field("objector", "异议人", Kind.LINE, required=False, help="匿名的可不填；姓名加密保存"),
)
