"""草稿: a form put aside from its page, and drawn again as it was when the page is next opened."""

import uuid

from api.pages.desk import Desk
from api.pages.posted import Posted
from api.teamwork.drafts import keep_draft

KEEP = "keep"
"""What the button of a form says that puts it aside."""
NEW_APPLICATION = "application"
_NOT_TYPED = ("do", "outcome")


def draft_key(task_id: uuid.UUID, outcome: str = "") -> str:
    """answer/<task>/<outcome>; without an outcome all the drafts of a task."""
    return f"answer/{task_id}/{outcome}".rstrip("/")


async def keep_form(desk: Desk, key: str, posted: Posted) -> None:
    """All that was typed, and the ids of what was uploaded. Raises Refusal."""
    typed = {name: values for name, values in posted.typed.items() if name not in _NOT_TYPED and any(values)}
    await keep_draft(desk.services, desk.signed_in, key, typed)
