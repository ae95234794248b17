"""Many answers in one request, each a transaction of its own, and the truth about every line."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api.commands import Submitted, answer_task
from api.errors import Refusal, unforeseen
from api.identity import CurrentUser
from api.services import Services

MOST = 200


@dataclass(frozen=True)
class Line:
    task: uuid.UUID
    submitted: Submitted


async def answer_all(
    services: Services, user: CurrentUser, lines: Sequence[Line], key: str | None = None
) -> list[dict[str, Any]]:
    """One result for each line, in their order: done, or the refusal that the same answer alone would have met.

    Lines before a failed one stay done, lines after it are still tried. With a key each line is done once.
    """
    return [await _one(services, user, line, f"{key}/{line.task}" if key else None) for line in lines]


async def _one(services: Services, user: CurrentUser, line: Line, key: str | None) -> dict[str, Any]:
    said = {"task": str(line.task), "outcome": line.submitted.outcome}
    try:
        after = await answer_task(services, user, line.task, line.submitted, key)
    except Refusal as refusal:
        return _refused(said, refusal)
    except Exception as error:  # told as it is told for a single answer; the other lines have nothing to do with it
        return _refused(said, unforeseen(error))
    return {**said, "ok": True, "status": 200, **after}


def _refused(said: dict[str, Any], refusal: Refusal) -> dict[str, Any]:
    return {**said, "ok": False, "status": refusal.status, "problem": refusal.body()}
