"""Every kind of table that may be handed in. What a kind owes: `kinds.py`."""

from activities.imports import bank_return, going_live_aid, going_live_serials, identity, settlement
from activities.imports.kinds import Kind

KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (identity.KIND, settlement.KIND, bank_return.KIND, going_live_aid.KIND, going_live_serials.KIND)
}
