"""The nouns of the money: attempts, batches, recoveries, sources of the fund and the accounts of its ledger."""

from policy.terms import Term


class AttemptState(Term):
    """What has become of one attempt to pay; at most one of a payment is open, at most one confirmed."""

    OPEN = "open", "待支付"
    CONFIRMED = "confirmed", "已支付"
    BOUNCED = "bounced", "银行退票"
    NOT_PAID = "not_paid", "银行未付"
    CANCELLED = "cancelled", "已撤销"


class BounceReason(Term):
    """Why a bank sends a payment back."""

    NO_ACCOUNT = "no_account", "账号不存在"
    NAME_MISMATCH = "name_mismatch", "户名与账号不符"
    ACCOUNT_CLOSED = "account_closed", "账户已销户"
    ACCOUNT_FROZEN = "account_frozen", "账户冻结或止付"
    WRONG_BANK = "wrong_bank", "开户银行有误"
    OTHER = "other", "其他原因"

    @property
    def corrected_by(self) -> tuple[str, ...]:
        """The parts of the payee of which one must change before it is paid again; none where the same may be right yet.

        A frozen account may be free again. An account that a bank does not have may be right at another bank.
        """
        match self:
            case BounceReason.NO_ACCOUNT | BounceReason.WRONG_BANK:
                return ("name", "account", "bank")
            case BounceReason.NAME_MISMATCH | BounceReason.ACCOUNT_CLOSED:
                return ("name", "account")
            case _:
                return ()


class DisbursementState(Term):
    """The states of a batch 拨款批次."""

    PREPARED = "prepared", "编制中"
    SUBMITTED = "submitted", "待审批"
    APPROVED = "approved", "已审批，财政办理中"
    CLOSED = "closed", "已办结"
    CANCELLED = "cancelled", "已撤销"


class LineState(Term):
    """Whether a payment still belongs to its batch, and why it does not."""

    IN = "in", "在批次中"
    TAKEN_OUT = "taken_out", "已移出"
    RETURNED = "returned", "财政退回"
    HELD = "held", "暂缓"


class RecoveryState(Term):
    """The states of a recovery 追回."""

    PROPOSED = "proposed", "待审核"
    APPROVED = "approved", "应收追回"
    REFUSED = "refused", "不予追回"
    RECEIVED = "received", "已收回"


class IncomeSource(Term):
    """Where the fund's money comes from (A-49, A-51b)."""

    CENTRAL_SUBSIDY = "central_subsidy", "中央财政补助"
    PROVINCIAL_SUBSIDY = "provincial_subsidy", "省级财政补助"
    CITY_SUBSIDY = "city_subsidy", "市级财政补助"
    COUNTY_SUBSIDY = "county_subsidy", "县级财政补助"
    DONATION = "donation", "社会捐赠"
    INTEREST = "interest", "利息收入"
    OTHER = "other", "其他收入"
    OPENING_BALANCE = "opening_balance", "启用前结余"

    @property
    def raised(self) -> bool:
        """Whether it counts as raised in its year; what was there before the books began does not."""
        return self is not IncomeSource.OPENING_BALANCE


class Account(Term):
    """The accounts of the ledger, by type of side that increases them."""

    SPECIAL_ACCOUNT = "special_account", "社会保障基金财政专户"
    PAYABLE = "payable", "应付救助款"
    RETURNED = "returned", "退票待处理"
    AID_EXPENSE = "aid_expense", "医疗救助支出"
    RECOVERABLE = "recoverable", "应收追回款"
    INCOME = "income", "基金收入"


class Side(Term):
    DEBIT = "debit", "借"
    CREDIT = "credit", "贷"


NEVER_A_PAYEE = ("人民政府", "街道办事处", "村民委员会", "居民委员会")
"""How the name of an office ends through which the money never passes: a township, a village (A-51)."""
