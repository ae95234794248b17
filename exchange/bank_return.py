"""The bank's return file 银行回盘文件: what a line says of a payment, in the words that banks use."""

import unicodedata

from exchange import readers
from exchange.columns import BadCell, Column, Value
from policy.payment_terms import BounceReason

PAID = frozenset({"成功", "交易成功", "支付成功", "已支付", "付款成功", "success", "0000", "00"})
FAILED = frozenset({"失败", "交易失败", "支付失败", "退票", "付款失败", "已退回", "failed", "fail"})
_WORDS: tuple[tuple[BounceReason, tuple[str, ...]], ...] = (
    (BounceReason.ACCOUNT_CLOSED, ("销户",)),
    (BounceReason.ACCOUNT_FROZEN, ("冻结", "止付", "挂失", "长期不动")),
    (BounceReason.NAME_MISMATCH, ("户名", "名称不符", "姓名不符")),
    (BounceReason.NO_ACCOUNT, ("账号不存在", "无此账", "账号错误", "账号有误", "无效账", "卡号不存在")),
    (BounceReason.WRONG_BANK, ("开户行", "开户银行", "行号")),
)


def paid(value: Value) -> bool:
    """Whether the bank has paid. What it does not say plainly is not guessed. Raises BadCell."""
    typed = _plain(value)
    if typed in PAID:
        return True
    if typed in FAILED:
        return False
    raise BadCell("unknown-result", "应为“成功”或“失败”", "must be 成功 (paid) or 失败 (failed)")


def reason(value: Value) -> BounceReason:
    """The bank's words as a code; words that nobody knows are “other”, and are not kept."""
    typed = _plain(value)
    for code, words in _WORDS:
        if any(word in typed for word in words):
            return code
    return BounceReason.OTHER


def _plain(value: Value) -> str:
    return "".join(unicodedata.normalize("NFKC", str(value)).split()).casefold()


COLUMNS = (
    Column(
        "reference",
        "付款流水号",
        readers.text(40),
        aliases=("流水号", "业务流水号", "客户流水号", "备注流水号"),
        help="支付文件中的付款流水号，原样返回",
        wide=24,
    ),
    Column("amount", "金额", readers.money, aliases=("交易金额", "付款金额", "金额元"), help="元"),
    Column(
        "account",
        "收款人账号",
        readers.text(40),
        aliases=("收款账号", "账号", "账号后四位", "收款人账号后四位"),
        help="全部账号或后四位，单元格须为文本格式",
        wide=24,
    ),
    Column("paid", "交易结果", paid, aliases=("结果", "处理结果", "交易状态"), choices=("成功", "失败")),
    Column("reason", "失败原因", reason, aliases=("退票原因", "原因", "错误信息"), required=False, wide=20),
    Column("day", "交易日期", readers.day, aliases=("日期", "入账日期", "处理日期"), help="如2025-03-01"),
    Column("receipt", "银行回单号", readers.text(60), aliases=("回单号", "银行流水号"), required=False, wide=20),
)
