"""The demonstration accounts of `up` and of stories (design/api.md). Invented posts, one shared printed password."""

from collections.abc import Iterator
from dataclasses import dataclass

from policy.terms import Department, Level, Role, level_of

PASSWORD = "Jiuzhu-yanshi-2026"
MAIL_DOMAIN = "jiuzhu.example"

PROVINCE = "14"
CITY = "1405"
COUNTY = "140522"
TOWNSHIPS = ("140522100", "140522101")
NEIGHBOUR = "140827"
JINING = "3708"
JIAXIANG = "370829"
GAOXIN_ZONE = "370871"
"""Another province: a city, a county and a functional zone whose offices bear names of their own."""

_WORKERS = (Role.CASEWORKER, Role.SUPERVISOR, Role.LEADER)
_BUREAUS = tuple(department for department in Department if department is not Department.TOWNSHIP_GOVERNMENT)


@dataclass(frozen=True)
class DemoAccount:
    username: str
    role: Role
    department: Department
    division: str

    @property
    def level(self) -> Level:
        return level_of(self.division)

    @property
    def email(self) -> str:
        return mail_address(self.username)


def mail_address(username: str) -> str:
    """Where a demonstration account's mail goes: a domain that no mail server serves."""
    return f"{username}.{MAIL_DOMAIN}"


def demo_accounts() -> Iterator[DemoAccount]:
    """Caseworker, supervisor and leader of every department, second caseworkers, an auditor and an administrator a level.

    Jining has the first three of each department only.
    """
    for division in (PROVINCE, CITY, COUNTY, NEIGHBOUR):
        for department in _BUREAUS:
            yield from (_account(division, department, role) for role in _WORKERS)
            if division == COUNTY:
                yield _account(division, department, Role.CASEWORKER, "2")
        if division != NEIGHBOUR:
            yield from (
                _account(division, Department.MEDICAL_INSURANCE, role) for role in (Role.AUDITOR, Role.ADMINISTRATOR)
            )
    for division in (JINING, JIAXIANG, GAOXIN_ZONE):
        for department in _BUREAUS:
            yield from (_account(division, department, role) for role in _WORKERS)
    for division in TOWNSHIPS:
        yield from (_account(division, Department.TOWNSHIP_GOVERNMENT, role) for role in _WORKERS)
        yield _account(division, Department.TOWNSHIP_GOVERNMENT, Role.CASEWORKER, "2")
    yield from (
        _account(TOWNSHIPS[0], Department.TOWNSHIP_GOVERNMENT, role) for role in (Role.AUDITOR, Role.ADMINISTRATOR)
    )


def _account(division: str, department: Department, role: Role, number: str = "") -> DemoAccount:
    username = f"{level_of(division).value}.{department.value}.{role.value}{number}@{division}"
    return DemoAccount(username, role, department, division)
