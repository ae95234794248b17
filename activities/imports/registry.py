"""Every kind of table that may be handed in. What a kind owes: `kinds.py`."""

from activities.imports import (
    adjustment,
    bank_return,
    benefits_out,
    burden,
    feedback,
    full_list,
    going_live_aid,
    going_live_pushes,
    going_live_serials,
    identity,
    provincial_list,
    settlement,
)
from activities.imports.kinds import Kind

KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        identity.KIND,
        adjustment.KIND,
        full_list.KIND,
        settlement.KIND,
        bank_return.KIND,
        burden.KIND,
        benefits_out.KIND,
        provincial_list.KIND,
        feedback.KIND,
        going_live_aid.KIND,
        going_live_pushes.KIND,
        going_live_serials.KIND,
    )
}
