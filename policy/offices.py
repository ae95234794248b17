"""What an office is called on papers and in mails: 凤城镇人民政府, 阳城县医疗保障局, 山西省民政厅."""

from policy.terms import Department

STREET_OFFICE = "街道办事处"

_BUREAUS = {
    Department.MEDICAL_INSURANCE: "医疗保障局",
    Department.CIVIL_AFFAIRS: "民政局",
    Department.FINANCE: "财政局",
    Department.AGRICULTURE: "农业农村局",
    Department.VETERANS_AFFAIRS: "退役军人事务局",
    Department.HEALTH: "卫生健康委员会",
}
_OF_A_PROVINCE = {
    "民政局": "民政厅",
    "财政局": "财政厅",
    "农业农村局": "农业农村厅",
    "退役军人事务局": "退役军人事务厅",
}


def office_name(division_name: str, department: Department, named: str | None = None) -> str:
    """The office of that department in a division of that name; a township's is its government or street office.

    `named` is what the department is called there, where that is not its usual name (policy/organisations.py).
    """
    if department is not Department.TOWNSHIP_GOVERNMENT:
        bureau = named or _BUREAUS[department]
        return division_name + (_OF_A_PROVINCE.get(bureau, bureau) if division_name.endswith("省") else bureau)
    if division_name.endswith("街道"):
        return division_name + "办事处"
    return division_name if division_name.endswith(STREET_OFFICE) else f"{division_name}人民政府"
