"""Recorded histories: whose payloads are in clear, so that they replay without the keyring that they were written under."""

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowHistory
from temporalio.converter import PayloadCodec

FOLDER = Path(__file__).parent / "histories"


@dataclass(frozen=True)
class Recorded:
    """One history, and what the procedure asked of its hands, in order, when it was recorded."""

    name: str
    history: WorkflowHistory
    asked: Sequence[str]


def recorded() -> list[Recorded]:
    """All of the folder."""
    return [_read(path) for path in sorted(FOLDER.glob("*.json"))]


def one(name: str) -> Recorded:
    return _read(FOLDER / f"{name}.json")


def _read(path: Path) -> Recorded:
    content = json.loads(path.read_text(encoding="utf-8"))
    return Recorded(path.stem, WorkflowHistory.from_json(content["id"], content["history"]), content["asked"])


def keep(found: Recorded) -> None:
    """Writes it into the folder."""
    content = {"id": found.history.workflow_id, "asked": list(found.asked), "history": found.history.to_json_dict()}
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (FOLDER / f"{found.name}.json").write_text(text + "\n", encoding="utf-8")


async def in_clear(history: WorkflowHistory, codec: PayloadCodec) -> WorkflowHistory:
    """The same history with every payload decoded."""
    content = history.to_json_dict()
    for place in list(payloads_in(content)):
        sealed = json_format.ParseDict(dict(place), Payload())
        [opened] = await codec.decode([sealed])
        place.clear()
        place.update(json_format.MessageToDict(opened))
    return WorkflowHistory.from_json(history.workflow_id, content)


def payloads_in(content: Any) -> Iterator[dict[str, Any]]:
    """Every payload of a history as JSON, wherever it stands."""
    if isinstance(content, dict):
        if "encoding" in content.get("metadata", {}):
            yield content
        else:
            for value in content.values():
                yield from payloads_in(value)
    elif isinstance(content, list):
        for value in content:
            yield from payloads_in(value)


def words_of(history: WorkflowHistory) -> str:
    """All that a reader of the history could read, payloads included."""
    content = history.to_json_dict()
    data = [base64.b64decode(place.get("data", "")).decode(errors="replace") for place in payloads_in(content)]
    return "\n".join([json.dumps(content, ensure_ascii=False), *data])
