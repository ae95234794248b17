"""What the timeline of a matter says, in Chinese, made from its codes when it is shown."""

from collections.abc import Callable, Mapping
from typing import Any

from api.exchange.push_wording import PUSH_TEXTS
from api.exchange.roster_wording import ROSTER_TEXTS
from api.exchange.sharing_wording import SHARING_TEXTS
from api.exchange.supervision_wording import SUPERVISION_TEXTS
from policy.exchange_terms import MatterStatus

Codes = Mapping[str, Any]

TEXTS: Mapping[tuple[str, str], Callable[[Codes], str]] = {
    **PUSH_TEXTS,
    **ROSTER_TEXTS,
    **SHARING_TEXTS,
    **SUPERVISION_TEXTS,
}
"""By procedure and action; an action that is a status needs no entry of its own."""


OPENED_LATE = "opened_late"
"""Of any procedure: the 1st had passed and nobody had opened it."""


def matter_text(procedure: str, action: str, codes: Codes) -> str | None:
    """`matter:<procedure>:<action>` in words; None for an action that nobody knows."""
    said = TEXTS.get((procedure, action))
    if said is not None:
        return said(codes)
    if action == OPENED_LATE:
        return "未按时开启，由值守程序补开"
    return MatterStatus(action).label if action in set(MatterStatus) else None
