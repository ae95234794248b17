"""The invented liaisons of `make up`: who is named by which office. Nobody of them exists; the numbers belong to nobody."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True)
class Named:
    """`term`: days that the entry holds; `away`: days for which `substitute` stands in, from the first day on."""

    lead_office: str
    liaison: str
    telephone: str
    cooperating_office: str = ""
    specialist: str = ""
    specialist_phone: str = ""
    term: int | None = None
    substitute: str = ""
    away: int = 0


LIAISONS = {
    "city.medical_insurance.supervisor@1405": Named(
        "待遇保障科", "秦一鸣", "0356-0000101", "信息科", "卫之远", "0356-0000102"
    ),
    "city.civil_affairs.supervisor@1405": Named(
        "社会救助科", "沈秋禾", "0356-0000103", "低收入人口监测中心", "韩亦舟", "0356-0000104"
    ),
    "county.medical_insurance.supervisor@140522": Named(
        "医疗救助股", "苏云起", "0356-0000105", "信息股", "蒋闻达", "0356-0000106", substitute="吕思齐", away=14
    ),
    "county.civil_affairs.supervisor@140522": Named(
        "社会救助股", "何映川", "0356-0000107", "核对中心", "施雨晴", "0356-0000108", term=20
    ),
    "county.agriculture.supervisor@140522": Named("帮扶股", "孔令安", "0356-0000109"),
    "city.medical_insurance.supervisor@3708": Named(
        "待遇保障科", "曹若谷", "0537-0000101", "信息中心", "严书遥", "0537-0000102"
    ),
    "city.civil_affairs.supervisor@3708": Named("社会救助科", "华景行", "0537-0000103"),
    "county.medical_insurance.supervisor@370829": Named(
        "医疗救助科", "金若尘", "0537-0000105", "信息科", "魏知微", "0537-0000106"
    ),
    "county.civil_affairs.supervisor@370829": Named("社会救助科", "陶然之", "0537-0000107"),
}
"""By the account that enters it. 农业农村 of 嘉祥, and the bureau and 民政 of the other counties, have named nobody."""


def entry_of(actor: str, named: Named, day: date) -> dict[str, Any]:
    """What the account enters on `day`."""
    told = {
        "department": actor.split(".")[1],
        "lead_office": named.lead_office,
        "liaison": named.liaison,
        "liaison_phone": named.telephone,
        "cooperating_office": named.cooperating_office,
        "specialist": named.specialist,
        "specialist_phone": named.specialist_phone,
        "starts_on": day.isoformat(),
    }
    if named.term is not None:
        told["ends_on"] = (day + timedelta(days=named.term)).isoformat()
    if named.substitute:
        until = day + timedelta(days=named.away)
        told |= {
            "substitute": named.substitute,
            "substitute_from": day.isoformat(),
            "substitute_until": until.isoformat(),
        }
    return told
