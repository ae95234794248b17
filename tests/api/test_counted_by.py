"""By what a department's batches are counted: as CATEGORY_SOURCE says in the place, not as the program knows it."""

from datetime import date

import pytest

from api.exchange.batches import counted_by
from policy.terms import Department
from store.packs import rulebook_from_packs

DAY = date(2025, 6, 3)


@pytest.mark.parametrize(
    ("county", "department", "codes"),
    [
        ("140522", Department.CIVIL_AFFAIRS, ("TK", "DB", "DBBY", "GXZC", "other")),
        ("140522", Department.VETERANS_AFFAIRS, ("YF", "other")),
        ("140522", Department.AGRICULTURE, ("FPZP", "JC1", "JC2", "JC3", "TPRK", "other")),
        ("140522", Department.HEALTH, ("JC1", "JC2", "JC3", "other")),
        ("370829", Department.VETERANS_AFFAIRS, ("other",)),
        ("370829", Department.CIVIL_AFFAIRS, ("TK", "DB", "DBBY", "GXZC", "other")),
    ],
)
def test_a_department_counts_the_categories_that_it_provides(
    county: str, department: Department, codes: tuple[str, ...]
) -> None:
    assert counted_by(rulebook_from_packs(county, DAY), department, DAY) == codes


def test_the_bureau_counts_kinds_of_data() -> None:
    codes = counted_by(rulebook_from_packs("140522", DAY), Department.MEDICAL_INSURANCE, DAY)
    assert {"enrolment", "burden"} <= set(codes)
