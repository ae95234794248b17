"""The contract of a kind of table that is taken in as a whole, in columns, and not row by row (a roster of thousands).

Its hand is given an upload and everything it may need; it may take others of the kind that wait in the same go. It owes what
`kinds.py` owes for rows: each row is accepted, returned with its reasons, or a duplicate, and the counts add up; killed at any
moment and called again it neither loses nor doubles a row; reasons hold no personal data. It opens its own transactions,
settles the upload in the last of them (also one that cannot be taken in), and holds no lock on it while it works, so that
its progress can be written.
"""

import uuid
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.kinds import Context
from policy.clock import Clock
from policy.terms import UploadState
from store.database import Database
from store.files import FileStore
from store.rulebook import Law
from store.uploads import FINISHED, UploadRow

SETTLED = (*FINISHED, UploadState.CHECKED.value)
"""Nothing is done until somebody decides anew."""


@dataclass(frozen=True)
class Means:
    """What a hand works with. `open`: what the rows of an upload are decided with, and its file; that is logged."""

    database: Database
    files: FileStore
    clock: Clock
    open: Callable[[AsyncSession, UploadRow, Law], Coroutine[Any, Any, tuple[Context, bytes]]]


@dataclass(frozen=True)
class WholeTable:
    context: Context
    content: bytes
    database: Database
    files: FileStore
    clock: Clock


TakeWhole = Callable[[Means, uuid.UUID], Coroutine[Any, Any, str]]
"""Returns the state in which the upload is settled."""
