"""Every kind of table that may be handed in. What a kind owes: `kinds.py`."""

from collections.abc import Mapping

from activities.imports import identity, settlement
from activities.imports.kinds import Kind

KINDS: Mapping[str, Kind] = {kind.code: kind for kind in (identity.KIND, settlement.KIND)}
