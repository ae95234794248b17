"""What is said to the confined process, and what it says: JSON, with bytes behind it."""

import json
import struct
import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import accumulate
from typing import Any

from exchange.marks import Mark
from exchange.rosters.roster import End, Reconciled, Start, Terms
from exchange.troubles import TableTrouble

FRAME = struct.Struct("<QQQ")
ANSWER = struct.Struct("<Q")
GOOD, BROKEN, TOO_MUCH, ANOTHER = 0, 1, 3, 4
"""How a reader ends: nothing more is asked, a fault, more needed than is allowed, and another one is wanted."""
_LENGTH = struct.Struct("<Q")


def framed(told: Mapping[str, Any], payload: bytes) -> bytes:
    head = json.dumps(told, ensure_ascii=False).encode()
    return _LENGTH.pack(len(head)) + head + payload


def request(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode()


def asked(terms: Terms, whole: bool) -> dict[str, Any]:
    """A roster to be reconciled."""
    return {
        "ask": "reconcile",
        "whole": whole,
        "today": terms.today.isoformat(),
        "categories": dict(terms.categories),
        "own": sorted(terms.own),
        "townships": sorted(terms.townships),
    }


def together(rosters: Sequence[tuple[bytes, bytes, Terms]]) -> dict[str, Any]:
    """Several at once, all of them whole: with their files behind it, and then with those in force behind them."""
    told = [
        asked(terms, whole=True) | {"content": len(content), "force": len(force)} for content, force, terms in rosters
    ]
    return {"ask": "together", "rosters": told}


def cut(joined: bytes, sizes: Sequence[int]) -> list[bytes]:
    """What has been put one behind the other."""
    ends = list(accumulate(sizes))
    return [joined[end - size : end] for size, end in zip(sizes, ends, strict=True)]


def opened(answer: bytes) -> tuple[dict[str, Any], bytes]:
    """Raises TableTrouble that the confined process has found."""
    length = _LENGTH.unpack_from(answer)[0]
    end = _LENGTH.size + length
    told: dict[str, Any] = json.loads(answer[_LENGTH.size : end])
    if "trouble" in told:
        code, parameters = told["trouble"]
        raise TableTrouble(code, **parameters)
    return told, answer[end:]


def told(found: Reconciled) -> dict[str, Any]:
    """All of it but those in force."""
    return {name: value for name, value in vars(found).items() if name != "force"} | {
        "mark": found.mark and [found.mark.kind, found.mark.version, found.mark.batch and str(found.mark.batch)],
        "listed_on": found.listed_on.isoformat() if found.listed_on else None,
    }


def reconciled(told: dict[str, Any], force: bytes) -> Reconciled:
    return Reconciled(
        **told
        | {
            "returned": {int(row): mask for row, mask in told["returned"].items()},
            "suspected": {int(row): mask for row, mask in told["suspected"].items()},
            "origins": {int(row): origin for row, origin in told["origins"].items()},
            "cells": {int(row): cells for row, cells in told["cells"].items()},
            "starts": [Start(*one) for one in told["starts"]],
            "ends": [End(*one) for one in told["ends"]],
            "mark": Mark(told["mark"][0], told["mark"][1], uuid.UUID(told["mark"][2]) if told["mark"][2] else None)
            if told["mark"]
            else None,
            "listed_on": date.fromisoformat(told["listed_on"]) if told["listed_on"] else None,
        },
        force=force,
    )
