"""What an office is called on papers and in mails."""

import pytest

from policy.offices import office_name
from policy.terms import Department


@pytest.mark.parametrize(
    ("division", "department", "name"),
    [
        ("凤城镇", Department.TOWNSHIP_GOVERNMENT, "凤城镇人民政府"),
        ("坞城街道", Department.TOWNSHIP_GOVERNMENT, "坞城街道办事处"),
        ("阳城县", Department.MEDICAL_INSURANCE, "阳城县医疗保障局"),
        ("晋城市", Department.HEALTH, "晋城市卫生健康委员会"),
    ],
)
def test_office_name(division: str, department: Department, name: str) -> None:
    assert office_name(division, department) == name
