"""What an office is called on papers and in mails: by level, by date, and in a functional zone."""

from datetime import date

import pytest

from policy.offices import office_name
from policy.organisations import office_on
from policy.rulebook import Rulebook
from policy.terms import Department
from tests.policy.rulebooks import having, shipped, value

TODAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("division", "department", "name"),
    [
        ("凤城镇", Department.TOWNSHIP_GOVERNMENT, "凤城镇人民政府"),
        ("坞城街道", Department.TOWNSHIP_GOVERNMENT, "坞城街道办事处"),
        ("阳城县", Department.MEDICAL_INSURANCE, "阳城县医疗保障局"),
        ("晋城市", Department.HEALTH, "晋城市卫生健康委员会"),
        ("山西省", Department.CIVIL_AFFAIRS, "山西省民政厅"),
        ("山西省", Department.MEDICAL_INSURANCE, "山西省医疗保障局"),
        ("山西省", Department.HEALTH, "山西省卫生健康委员会"),
    ],
)
def test_office_name(division: str, department: Department, name: str) -> None:
    assert office_name(division, department) == name


@pytest.mark.parametrize(
    ("on", "name"),
    [
        (date(2019, 8, 1), "阳城县扶贫开发办公室"),
        (date(2023, 5, 1), "阳城县乡村振兴局"),
        (date(2025, 2, 17), "阳城县乡村振兴局"),
        (date(2025, 2, 18), "阳城县农业农村局"),
    ],
)
def test_the_poverty_office_changes_its_name_with_the_date_of_the_list(
    yangcheng: Rulebook, on: date, name: str
) -> None:
    assert office_on(yangcheng, "阳城县", Department.AGRICULTURE, on) == name


def test_offices_that_kept_their_name_need_no_entry(yangcheng: Rulebook) -> None:
    assert office_on(yangcheng, "阳城县", Department.CIVIL_AFFAIRS, date(2019, 8, 1)) == "阳城县民政局"
    assert office_on(yangcheng, "凤城镇", Department.TOWNSHIP_GOVERNMENT, TODAY) == "凤城镇人民政府"


@pytest.mark.parametrize(
    ("zone", "department", "name"),
    [
        (("370871", "济宁高新区"), Department.MEDICAL_INSURANCE, "济宁高新区人力资源部"),
        (("370871", "济宁高新区"), Department.CIVIL_AFFAIRS, "济宁高新区发展软环境保障局"),
        (("370871", "济宁高新区"), Department.AGRICULTURE, "济宁高新区城乡统筹发展局"),
        (("370871", "济宁高新区"), Department.FINANCE, "济宁高新区财政局"),
        (("370872", "太白湖新区"), Department.MEDICAL_INSURANCE, "太白湖新区社会保障事业服务中心"),
        (
            ("370873", "济宁经济技术开发区"),
            Department.AGRICULTURE,
            "济宁经济技术开发区农业服务中心（乡村振兴工作办公室）",
        ),
        (("370829", "嘉祥县"), Department.AGRICULTURE, "嘉祥县农业农村局"),
    ],
)
def test_a_functional_zone_has_offices_of_its_own_names(
    zone: tuple[str, str], department: Department, name: str
) -> None:
    code, called = zone
    assert office_on(shipped(code), called, department, TODAY) == name


def test_a_county_may_write_down_that_its_office_is_called_otherwise(yangcheng: Rulebook) -> None:
    renamed = having(
        yangcheng, value("OFFICE_NAME(health)", "卫生健康和体育局", "text", division="140522", since=date(2024, 3, 1))
    )

    assert office_on(renamed, "阳城县", Department.HEALTH, date(2024, 2, 29)) == "阳城县卫生健康委员会"
    assert office_on(renamed, "阳城县", Department.HEALTH, date(2024, 3, 1)) == "阳城县卫生健康和体育局"
