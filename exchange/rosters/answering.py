"""The confined process's side: what is asked is done by the pure functions (`reconciling.py`)."""

import json
from datetime import date
from typing import Any

from exchange.rosters import message, reconciling, telling
from exchange.rosters.message import framed
from exchange.rosters.roster import End, Terms
from exchange.rosters.together import Asked, reconcile_together


def answered(question: bytes, content: bytes, force: bytes) -> bytes:
    """Within the confined process. Raises TableTrouble."""
    told: dict[str, Any] = json.loads(question)
    before = force or None
    match told["ask"]:
        case "reconcile":
            found = reconciling.reconcile(content, before, _terms(told), whole=told["whole"])
            return framed(message.told(found), found.force)
        case "together":
            return _together(told["rosters"], content, force)
        case "cells":
            return framed({"cells": telling.cells(reconciling.read(content), told["rows"])}, b"")
        case "settled":
            refused, kept = ([End(*one) for one in told[name]] for name in ("refused", "kept"))
            return framed({}, reconciling.settled(content, before, refused, kept))
        case "rebuilt":
            return framed({}, reconciling.rebuilt(before, told["people"]))
    raise ValueError("nothing of that name can be asked")


def _terms(told: dict[str, Any]) -> Terms:
    return Terms(
        today=date.fromisoformat(told["today"]),
        categories=told["categories"],
        own=frozenset(told["own"]),
        townships=frozenset(told["townships"]),
    )


def _together(rosters: list[dict[str, Any]], content: bytes, force: bytes) -> bytes:
    """Nothing is said of those that are to be read alone."""
    contents = message.cut(content, [told["content"] for told in rosters])
    forces = message.cut(force, [told["force"] for told in rosters])
    asked = [Asked(one, before, _terms(told)) for one, before, told in zip(contents, forces, rosters, strict=True)]
    found = reconcile_together(asked)
    after = [one.force if one else b"" for one in found]
    told = [message.told(one) if one else None for one in found]
    return framed({"rosters": told, "sizes": [len(one) for one in after]}, b"".join(after))
