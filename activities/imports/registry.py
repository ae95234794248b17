"""Every kind of table that may be handed in. What a kind owes: `kinds.py`."""

from activities.imports import bank_return, identity, settlement
from activities.imports.kinds import Kind

KINDS: dict[str, Kind] = {kind.code: kind for kind in (identity.KIND, settlement.KIND, bank_return.KIND)}
