"""What opens on the 1st of a month in a division, by procedure: an opener says which matters, and opens nothing itself.

A new procedure with a monthly beginning is one function and one entry in OPENERS.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from policy.rulebook import Rulebook
from policy.terms import Level
from store.matters import Opening


@dataclass(frozen=True)
class Place:
    """A division whose month is opened."""

    division: str
    level: Level
    rulebook: Rulebook


Opener = Callable[[Place, date], Sequence[Opening]]
"""The place and the first day of the month that begins; what is about the month before says so in its `Opening.month`."""

OPENERS: tuple[Opener, ...] = ()
