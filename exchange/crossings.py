"""Who has newly crossed a threshold among the yearly sums of a whole province: two Parquet files, millions of persons.

The files hold `person` (the insurance's own opaque number), `division` (six digits), `group` and `burden` in whole cents,
one row for each insured person with any; no ID number stands in them. What is pushed of it, and when: W09.
"""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import duckdb

MEMORY = "1GB"
THREADS = 2

QUERY = """
select n.person, n.division, n."group", n.burden, coalesce(b.burden, 0)
  from read_parquet($now) n left join read_parquet($before) b on b.person = n.person
 where n.burden > {limit_now} and coalesce(b.burden <= {limit_before}, true)
"""


class Crossing(NamedTuple):
    """A person above the threshold now who was not a month before. Amounts in cents; `before` 0 for who had none."""

    person: int
    division: int
    group: str
    burden: int
    before: int


def newly_crossed(
    before: Path, now: Path, thresholds: Mapping[str, Decimal], *, division: str = "", threads: int = THREADS
) -> list[Crossing]:
    """Above (超过: strictly) the threshold of their group by the sums of `now`, and not by those of `before`, in no order.

    `thresholds` in yuan by group; a group without one is left out. Whoever changes group is measured each time by the group
    of that time. `division`: only those of a county, a city or the province by its code; empty for all.
    """
    query = QUERY.format(limit_now=_limit("n", thresholds), limit_before=_limit("b", thresholds))
    within = {"now": str(now), "before": str(before)}
    if division:
        query += f" and n.division // {10 ** (6 - len(division))} = $division"
        within["division"] = division
    with duckdb.connect(config={"memory_limit": MEMORY, "threads": threads}) as connection:
        return list(map(Crossing._make, connection.execute(query, within).fetchall()))


def _limit(table: str, thresholds: Mapping[str, Decimal]) -> str:
    """In cents. The names of groups are our own codes, and stand between quotes all the same."""
    quoted = {group.replace("'", "''"): int(amount * 100) for group, amount in thresholds.items()}
    cases = " ".join(f"when '{group}' then {cents}" for group, cents in quoted.items())
    return f'case {table}."group" {cases} end'
