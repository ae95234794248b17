"""动态调整情况证明 (附件4, A-67), where an office sends it as a sheet beside the list: its period, tick and counts."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from exchange.columns import Cell
from exchange.heads import day_in, normal, ticked_among
from exchange.numerals import NUMBER, number

_IS_ONE = re.compile(r"动态调整情况证明")
_SAYS = re.compile(
    rf"({NUMBER})年第?({NUMBER})(季度\(月\)|季度|季|月).{{0,4}}?新增\((.*?)\)(?:人员)?({NUMBER})?户({NUMBER})?人"
    rf"[;,。]?减少(?:\(.*?\))?(?:人员)?({NUMBER})?户({NUMBER})?人"
)
_SEAL = re.compile(r"特此证明[。.]?(.{2,40}?[局委办])(?:\(盖章\))?")


@dataclass(frozen=True)
class Certificate:
    """A count that was left blank is None, as is what is not written."""

    year: int | None
    month: int | None
    quarter: int | None
    month_or_quarter: int | None
    ticked: tuple[str, ...]
    households_added: int | None
    persons_added: int | None
    households_removed: int | None
    persons_removed: int | None
    unit: str | None
    day: date | None


def certificate_of(lines: Iterable[Sequence[Cell]]) -> Certificate | None:
    """The certificate that a sheet is; None where it is none, or its sentence is not the form's."""
    cells = [cell for line in lines for cell in line]
    words = "".join("".join(normal(cell).split()) for cell in cells if isinstance(cell, str))
    found = _IS_ONE.search(words) and _SAYS.search(words)
    if not found:
        return None
    count, unit = number(found[2]), found[3]
    either = "(" in unit and count is not None and count <= 4
    seal = _SEAL.search(words)
    return Certificate(
        year=number(found[1]),
        month=count if unit == "月" or ("(" in unit and not either) else None,
        quarter=count if unit in ("季度", "季") else None,
        month_or_quarter=count if either else None,
        ticked=ticked_among(found[4]),
        households_added=_count(found[5]),
        persons_added=_count(found[6]),
        households_removed=_count(found[7]),
        persons_removed=_count(found[8]),
        unit=seal[1] if seal else None,
        day=next((cell for cell in cells if isinstance(cell, date)), None) or day_in(words[found.end() :]),
    )


def _count(typed: str | None) -> int | None:
    return number(typed) if typed else None
