"""Money in the bodies of requests: text with two places, "10200.00"."""

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

PATTERN = r"^\d{1,12}\.\d{2}$"


def _read(written: Any) -> Decimal:
    if not isinstance(written, str) or not re.fullmatch(PATTERN, written):
        raise PydanticCustomError("money_text", "yuan as text with two places")
    return Decimal(written)


Yuan = Annotated[Decimal, BeforeValidator(_read), WithJsonSchema({"type": "string", "pattern": PATTERN})]
