"""What the timeline of a month's cycle says of its batches."""

from collections.abc import Callable, Mapping
from typing import Any

from policy.exchange_terms import Carrier, Direction
from policy.terms import Department

Codes = Mapping[str, Any]


def _batch(codes: Codes) -> str:
    partner = Department(codes["partner"]).label
    way = f"{partner}→医保" if codes["direction"] == Direction.IN.value else f"医保→{partner}"
    carried = f"，{Carrier(codes['carrier']).label}" if codes.get("carrier") else ""
    return f"（{way}，{codes['rows']}人次{carried}）" if codes["rows"] else f"（{way}，本月无变动）"


def _in_words(action: str) -> Callable[[Codes], str]:
    return lambda codes: action + _batch(codes)


SHARING_TEXTS: Mapping[tuple[str, str], Callable[[Codes], str]] = {
    ("sharing-cycle", "provided"): _in_words("提供一批共享"),
    ("sharing-cycle", "reconciled"): _in_words("双方确认数量"),
    ("sharing-cycle", "disputed"): _in_words("接收方提出数量不符"),
    ("sharing-cycle", "corrected"): _in_words("提供方更正数量"),
    ("sharing-cycle", "withdrawn"): _in_words("提供方撤回一批共享"),
}
