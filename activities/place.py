"""Where a month is opened, and what a procedure with a monthly beginning says about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from policy.rulebook import Rulebook
from policy.terms import Level
from store.matters import Opening


@dataclass(frozen=True)
class Place:
    """A division whose month is opened, with the law as it stands on the month's first day."""

    division: str
    level: Level
    rulebook: Rulebook


Opener = Callable[[Place, date], Sequence[Opening]]
"""The place and the first day of the month that begins; what is about the month before says so in its `Opening.month`."""
