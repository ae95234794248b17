"""The confined process's side: what is asked is done by the pure functions (`reconciling.py`)."""

import json
from datetime import date
from typing import Any

from exchange.rosters import reconciling
from exchange.rosters.message import framed
from exchange.rosters.roster import End, Reconciled, Terms


def answered(question: bytes, content: bytes, force: bytes) -> bytes:
    """Within the confined process. Raises TableTrouble."""
    told: dict[str, Any] = json.loads(question)
    before = force or None
    match told["ask"]:
        case "reconcile":
            terms = Terms(
                today=date.fromisoformat(told["today"]),
                categories=told["categories"],
                own=frozenset(told["own"]),
                townships=frozenset(told["townships"]),
            )
            return _packed(reconciling.reconcile(content, before, terms, whole=told["whole"]))
        case "cells":
            return framed({"cells": reconciling.cells(reconciling.read(content), told["rows"])}, b"")
        case "settled":
            refused, kept = ([End(*one) for one in told[name]] for name in ("refused", "kept"))
            return framed({}, reconciling.settled(content, before, refused, kept))
        case "rebuilt":
            return framed({}, reconciling.rebuilt(before, told["people"]))
    raise ValueError("nothing of that name can be asked")


def _packed(found: Reconciled) -> bytes:
    told = {name: value for name, value in vars(found).items() if name != "force"} | {
        "mark": found.mark and [found.mark.kind, found.mark.version, found.mark.batch and str(found.mark.batch)],
        "listed_on": found.listed_on.isoformat() if found.listed_on else None,
    }
    return framed(told, found.force)
