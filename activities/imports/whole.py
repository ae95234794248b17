"""The contract of a kind of table that is taken in as a whole, in columns, and not row by row (a roster of thousands).

Its hand is given the file and everything it may need, and owes what `kinds.py` owes for rows: each row is accepted, returned
with its reasons, or a duplicate, and the counts add up; killed at any moment and called again it neither loses nor doubles a
row; reasons hold no personal data. It opens its own transactions, closes the upload in the last of them, and holds no lock
on the upload while it works, so that its progress can be written. Raises TableTrouble for a table that cannot be taken in.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from activities.imports.kinds import Context
from policy.clock import Clock
from store.database import Database
from store.files import FileStore


@dataclass(frozen=True)
class WholeTable:
    context: Context
    content: bytes
    database: Database
    files: FileStore
    clock: Clock


TakeWhole = Callable[[WholeTable], Coroutine[Any, Any, None]]
