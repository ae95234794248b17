"""Amounts by disease: KEY(A61-04) for one disease, or KEY as a table of all. A case that waits for one names only KEY, so
that no task, mail or timeline says which disease somebody has.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from policy.case_facts import Consulted
from policy.parameters import base_of, dimension_of
from policy.rulebook import Parameter

BY_DISEASE = ("DISEASE_CEILING", "OUTPATIENT_CEILING")


@dataclass(frozen=True)
class Worth:
    amount: Decimal
    parameter: Parameter


def worth_of(law: Consulted, key: str, disease: str, on: date) -> Worth | None:
    """The amount for the disease: its own value first, then the table, then one amount for all. None: `key` is missing."""
    found = law.look(f"{key}({disease})", on)
    if found is not None:
        return Worth(Decimal(found.value), found)
    table = law.look(key, on)
    amount = (table.value.get(disease) if table.unit == "map" else table.value) if table is not None else None
    if table is None or amount is None:
        law.lack(key)
        return None
    return Worth(Decimal(amount), table)


def names_disease(key: str) -> bool:
    """Whether the key of a parameter used tells which disease it was used for: such a one is kept sealed."""
    return base_of(key) in BY_DISEASE and bool(dimension_of(key))
