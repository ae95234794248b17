"""What was treated, where and how far: the facts that the rules beside the general one ask about (A-12, A-20 … A-26, B-20)."""

import unicodedata
from dataclasses import dataclass
from datetime import date

from policy.terms import Term


class TreatmentKind(Term):
    INPATIENT = "inpatient", "住院"
    OUTPATIENT = "outpatient", "门诊"


@dataclass(frozen=True)
class Treatment:
    """The first four are about the illness: kept sealed, and in no trace, code or fact in clear."""

    disease_code: str | None = None
    joint_replacement: bool = False
    late_stage: bool = False
    age: int | None = None
    """Full years on the event date; None where nobody has said."""
    kind: TreatmentKind = TreatmentKind.INPATIENT
    institution_code: str | None = None
    referred: bool = False
    """Sent on properly 规范转诊 …"""
    in_province: bool = False
    """… and treated within the province: both together for the tilt (B-20)."""

    @property
    def outpatient(self) -> bool:
        return self.kind is TreatmentKind.OUTPATIENT


def normal_code(typed: str | None) -> str | None:
    """A code as it is compared: full-width, blank and small where another clerk types half-width and large."""
    return "".join(unicodedata.normalize("NFKC", typed).split()).upper() or None if typed else None


def full_years(born: date, on: date) -> int:
    """周岁: a birthday counts from the day itself; whoever is born on 29 February has it on 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
