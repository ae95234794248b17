"""Until when a refusal may be challenged (W02; A-68): counted from the day the notice was received."""

from dataclasses import dataclass
from datetime import date

from policy.deadlines import Due, due_after
from policy.rulebook import Rulebook

GROUNDS = ("A-68", "X-11", "G-RECON", "G-SUIT")


@dataclass(frozen=True)
class Remedies:
    """Last days for 行政复议 and 行政诉讼, both inclusive."""

    reconsideration_until: Due
    suit_until: Due
    grounds: tuple[str, ...] = GROUNDS


def remedies(rulebook: Rulebook, received_on: date) -> Remedies:
    """Calendar days and months from the day after receipt; a last day of rest moves to the next working day (X-11).

    Without a delivered notice no period starts. Raises MissingParameter as `due_after` does.
    """
    return Remedies(due_after(rulebook, "T-RECON", received_on), due_after(rulebook, "T-SUIT", received_on))


def suit_after_reconsideration(rulebook: Rulebook, received_on: date) -> Due:
    """Until when one may sue after the reconsidering office has upheld the refusal (SUIT_AFTER_RECON).

    Raises MissingParameter.
    """
    return due_after(rulebook, "SUIT_AFTER_RECON", received_on)
