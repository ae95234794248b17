"""A 拨款申请表 for invented people and institutions of 阳城县."""

from datetime import date
from decimal import Decimal

from policy.disbursement import DisbursementLine, DisbursementRequest

REQUEST = DisbursementRequest(
    number="140522-2025-0003",
    county_bureau="阳城县医疗保障局",
    finance_bureau="阳城县财政局",
    prepared_on=date(2025, 4, 21),
    lines=(
        DisbursementLine(
            no=1,
            case_number="14052210020250001",
            payee_name="阳城县人民医院",
            payee_kind="定点医疗机构",
            bank="阳城农商银行营业部",
            account="0900123456789012345",
            amount=Decimal("10200.00"),
        ),
        DisbursementLine(
            no=2,
            case_number="14052210020250002",
            payee_name="王小明",
            payee_kind="医疗救助对象",
            bank="中国邮政储蓄银行阳城县支行",
            account="6221880000000000017",
            amount=Decimal("866.05"),
        ),
    ),
    prepared_by="李经办",
    approved_by="赵局长",
    citation="晋医保发〔2019〕46号 四（十四）",
    demonstration=False,
)
