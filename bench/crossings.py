"""The newly crossed among 24,000,000 yearly sums from two Parquet files, beside the bare query; three turns of each.

python -m bench.crossings [--sums 24000000] [--seed 1] [--data FOLDER]
"""

import argparse
import statistics
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

import duckdb

from bench.machine import commit, machine
from exchange.crossings import newly_crossed
from runtime.demo_data.sums import write_sums

THRESHOLDS = {"falling_back": Decimal(6000), "falling_into": Decimal(20000)}
BARE = """
select n.person, n.division, n."group", n.burden, b.burden from '{now}' n left join '{before}' b using (person)
 where n.burden > case n."group" when 'falling_back' then 600000 else 2000000 end
   and coalesce(b.burden <= case b."group" when 'falling_back' then 600000 else 2000000 end, true)
"""
MONTHS = ("2026-10", "2026-11")
COUNTIES = [str(140_000 + number) for number in range(100, 217)]


def run(persons: int, seed: int, data: Path | None) -> str:
    """Raises AssertionError when the two do not find the same."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = data or Path(temporary)
        paths = [folder / f"{month}.parquet" for month in MONTHS]
        if not all(path.exists() for path in paths):
            folder.mkdir(parents=True, exist_ok=True)
            write_sums(folder, MONTHS, persons, COUNTIES, seed)
        bare, ours, found = [], [], 0
        for _turn in range(3):
            began = time.perf_counter()
            with duckdb.connect() as connection:
                known = connection.execute(BARE.format(before=paths[0], now=paths[1])).fetchall()
            bare.append(time.perf_counter() - began)
            began = time.perf_counter()
            crossed = newly_crossed(*paths, THRESHOLDS)
            ours.append(time.perf_counter() - began)
            assert {one.person for one in crossed} == {row[0] for row in known}
            found = len(crossed)
    middle, beside = statistics.median(ours), statistics.median(bare)
    return (
        f"{found} newly crossed among {persons} sums in {middle:.2f} s; the bare query {beside:.2f} s: "
        f"{middle / beside:.2f} times; seed {seed}, commit {commit()}, {machine()}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sums", type=int, default=24_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path)
    chosen = parser.parse_args()
    sys.stdout.write(run(chosen.sums, chosen.seed, chosen.data) + "\n")


if __name__ == "__main__":
    main()
