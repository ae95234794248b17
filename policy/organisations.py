"""What an office was called on a day: 阳城县扶贫开发办公室 in 2020, 阳城县农业农村局 today; in a functional zone, whatever its
offices are called there (J-01, R-OFFICES).
"""

from datetime import date

from policy.offices import office_name
from policy.rulebook import Rulebook
from policy.terms import Department


def office_on(rulebook: Rulebook, division_name: str, department: Department, on: date) -> str:
    """The full name of the department's office in the rulebook's division on `on`.

    The nearest OFFICE_NAME(department) in force on that day, else the usual name; never raises.
    """
    found = rulebook.find(f"OFFICE_NAME({department.value})", on)
    return office_name(division_name, department, found.value if found is not None else None)
