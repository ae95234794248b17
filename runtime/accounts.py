"""`jiuzhu accounts`: who can sign in to a demonstration."""

import json
from collections.abc import Iterator

from store.demonstration import PASSWORD, demo_accounts

DESKS = (
    ("township.township_government.caseworker@140522100", "乡镇经办：受理、入户调查、公示"),
    ("township.township_government.supervisor@140522100", "乡镇审核"),
    ("county.medical_insurance.caseworker@140522", "县医保经办：审核、公示、支付申请；签收名单、共享数据、报送负担"),
    ("county.medical_insurance.supervisor@140522", "县医保审批；复核并放行高额费用推送、整改回复"),
    ("county.medical_insurance.leader@140522", "县医保负责人：拨款批次审批、停办"),
    ("county.civil_affairs.caseworker@140522", "县民政：身份核对、动态调整名单、退回的行、认定反馈"),
    ("county.agriculture.caseworker@140522", "县农业农村：签收推送、返贫对象初筛"),
    ("county.finance.caseworker@140522", "县财政审核、签收名单"),
    ("county.finance.supervisor@140522", "县财政拨付"),
    ("city.medical_insurance.supervisor@1405", "市医保：参数、超期督办、本市看板"),
    ("province.medical_insurance.supervisor@14", "省医保：117个县的月度看板、督促整改、超期督办"),
    ("county.medical_insurance.caseworker@370829", "济宁嘉祥县医保：集中复核"),
    ("county.agriculture.caseworker@370829", "济宁嘉祥县农业农村：部门自查（待反馈）"),
)
"""Whom to sign in as: the desks of the main path in its order, then those of the monthly exchange."""


def as_json() -> str:
    """The list for other programs: username, password, role, department, division."""
    accounts = [
        {
            "username": account.username,
            "password": PASSWORD,
            "role": account.role.value,
            "department": account.department.value,
            "division": account.division,
        }
        for account in demo_accounts()
    ]
    return json.dumps(accounts, ensure_ascii=False, indent=2)


def as_lines() -> Iterator[str]:
    """The list for people; of the desks that a newcomer begins with, also what they do."""
    accounts = list(demo_accounts())
    width = max(len(account.username) for account in accounts)
    desks = dict(DESKS)
    yield f"演示账号 {len(accounts)} 个，口令均为 {PASSWORD}"
    for account in accounts:
        post = f"{account.department.label}{account.role.label}"
        doing = f"  （{desks[account.username]}）" if account.username in desks else ""
        yield f"{account.username:<{width}}  {account.division:<9}  {post}{doing}"
