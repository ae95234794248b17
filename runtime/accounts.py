"""`jiuzhu accounts`: who can sign in to a demonstration."""

import json
from collections.abc import Iterator

from store.demonstration import PASSWORD, demo_accounts


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
    """The list for people."""
    accounts = list(demo_accounts())
    width = max(len(account.username) for account in accounts)
    yield f"演示账号 {len(accounts)} 个，口令均为 {PASSWORD}"
    for account in accounts:
        yield f"{account.username:<{width}}  {account.division:<9}  {account.department.label}{account.role.label}"
