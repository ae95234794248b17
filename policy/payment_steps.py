"""The steps of W03: the county's request, finance's review, the transfer, and what may come between (A-50 … A-54)."""

from policy.answer_fields import OPINION, SEND_BACK
from policy.fields import Choice, Field, Kind
from policy.payment_terms import BounceReason
from policy.posts import COUNTY_CASEWORKER, FINANCE_CASEWORKER, FINANCE_LEADER, FINANCE_SUPERVISOR
from policy.step import Outcome, Step
from policy.terms import ApplicationStatus, PayeeKind

RECEIPT = Field("bank_receipt", "银行回单号", Kind.LINE, required=False)
BOUNCED = (
    Field(
        "reason",
        "退票原因",
        Kind.CHOICE,
        choices=tuple(Choice(reason.value, reason.label) for reason in BounceReason),
        clause="A-51",
    ),
    Field("note", "银行说明", Kind.TEXT, required=False),
)
PAYEE = (
    Field(
        "payee_kind",
        "收款方类别",
        Kind.CHOICE,
        choices=tuple(Choice(kind.value, kind.label) for kind in PayeeKind),
        help="只能支付到定点医疗机构、定点药店或医疗救助对象",
        clause="A-51",
    ),
    Field("payee_name", "收款方名称", Kind.LINE, help="与银行账户的户名一致"),
    Field("account", "账号", Kind.LINE),
    Field("bank", "开户银行", Kind.LINE, required=False),
    Field("basis", "更正依据", Kind.TEXT, help="如：持卡人重新提供的银行卡复印件"),
)

PAYMENT_REQUEST = Step(
    kind="payment_request",
    label="提交拨款申请",
    post=COUNTY_CASEWORKER,
    clause="A-51",
    deadline="PAY_APPLY_WD",
    counted_from="公示最后一日",
    status=ApplicationStatus.APPROVED,
    outcomes=(
        Outcome("submit", "提交财政", (OPINION,), clause="A-51"),
        Outcome(
            "hold", "暂缓", (Field("reason", "暂缓原因", Kind.TEXT, help="暂缓不停止办理期限的计算"),), clause="A-51"
        ),
    ),
)

FINANCE_REVIEW = Step(
    kind="finance_review",
    label="财政审核",
    post=FINANCE_CASEWORKER,
    clause="A-51",
    deadline="FIN_WD",
    counted_from="提交拨款申请之日",
    status=ApplicationStatus.APPROVED,
    outcomes=(
        Outcome("approve", "审核通过", (OPINION,), clause="A-51"),
        Outcome("query", "质询", (Field("question", "质询内容", Kind.TEXT),), clause="A-51"),
        Outcome("return", "退回", SEND_BACK, clause="A-51"),
    ),
)

PAYMENT_QUERY = Step(
    kind="payment_query",
    label="答复财政质询",
    post=COUNTY_CASEWORKER,
    clause="A-51",
    deadline="PAY_QUERY_WD",
    counted_from="财政质询之日",
    status=ApplicationStatus.APPROVED,
    outcomes=(Outcome("answered", "已答复", (Field("reply", "答复内容", Kind.TEXT),), clause="A-51"),),
)

TRANSFER_COUNTERSIGN = Step(
    kind="transfer_countersign",
    label="大额支付加签",
    post=FINANCE_LEADER,
    clause="R-BANDS",
    deadline="PAY_WD",
    counted_from="财政审核之日",
    period="transfer",
    status=ApplicationStatus.APPROVED,
    outcomes=(
        Outcome("signed", "同意支付", (OPINION,), clause="R-BANDS"),
        Outcome("return", "退回财政审核", SEND_BACK, clause="R-BANDS"),
    ),
)

TRANSFER = Step(
    kind="transfer",
    label="支付确认",
    post=FINANCE_SUPERVISOR,
    clause="A-51",
    deadline="PAY_WD",
    counted_from="财政审核之日",
    status=ApplicationStatus.APPROVED,
    outcomes=(
        Outcome("confirmed", "已支付", (RECEIPT,), clause="A-51"),
        Outcome("bounced", "银行退票", BOUNCED, clause="A-51"),
        Outcome(
            "unknown",
            "银行未反馈结果",
            (Field("note", "情况说明", Kind.TEXT, required=False, help="向银行查询后再办，不得重复支付"),),
            clause="A-51",
        ),
        Outcome("return", "退回财政审核", SEND_BACK, clause="A-51"),
    ),
)

BANK_INQUIRY = Step(
    kind="bank_inquiry",
    label="向银行查询支付结果",
    post=FINANCE_CASEWORKER,
    clause="A-51",
    deadline="BANK_INQUIRY_WD",
    counted_from="发现银行未反馈之日",
    status=ApplicationStatus.APPROVED,
    outcomes=(
        Outcome("paid", "银行确认已支付", (RECEIPT,), clause="A-51"),
        Outcome("not_paid", "银行确认未支付", (Field("note", "银行答复", Kind.TEXT),), clause="A-51"),
        Outcome("bounced", "银行退票", BOUNCED, clause="A-51"),
    ),
)

ACCOUNT_CORRECTION = Step(
    kind="account_correction",
    label="更正收款账户",
    post=COUNTY_CASEWORKER,
    clause="A-51",
    deadline="ACCOUNT_FIX_WD",
    counted_from="银行退票之日",
    status=ApplicationStatus.APPROVED,
    outcomes=(Outcome("corrected", "已更正", PAYEE, clause="A-51"),),
)

PAYMENT_STEPS = (
    PAYMENT_REQUEST,
    FINANCE_REVIEW,
    PAYMENT_QUERY,
    TRANSFER_COUNTERSIGN,
    TRANSFER,
    BANK_INQUIRY,
    ACCOUNT_CORRECTION,
)
