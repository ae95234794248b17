"""Cursors of lists: where the next page begins, as an opaque word that holds sort keys only."""

import base64
import binascii
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LONGEST_PAGE = 200


class BadCursor(ValueError):
    """The cursor was not one of ours."""


@dataclass(frozen=True)
class Page:
    items: list[dict[str, Any]]
    next: str | None


def encode(keys: Sequence[str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(list(keys)).encode()).decode().rstrip("=")


def decode(cursor: str | None, length: int) -> list[str] | None:
    """The sort keys after which the page begins, None for the first page. Raises BadCursor."""
    if not cursor:
        return None
    try:
        keys = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise BadCursor from error
    if not isinstance(keys, list) or len(keys) != length or not all(isinstance(key, str) for key in keys):
        raise BadCursor
    return keys


def row_id(key: str) -> uuid.UUID:
    """A sort key that is a row's id. Raises BadCursor."""
    try:
        return uuid.UUID(key)
    except ValueError as error:
        raise BadCursor from error


def page(rows: list[dict[str, Any]], limit: int, keys: Sequence[str]) -> Page:
    """The page of `limit` rows out of one row more than that."""
    if len(rows) <= limit:
        return Page(rows, None)
    kept = rows[:limit]
    return Page(kept, encode([str(kept[-1][key]) for key in keys]))
