"""Which row a line of a 错误回执 stands for: of which upload of the batch, on which sheet, under which number."""

import re
from dataclasses import dataclass

_WRITTEN = re.compile(r"(?:(\d{1,4})/)?(?:(\d{1,3})-)?(\d{1,7})")


@dataclass(frozen=True, order=True)
class Origin:
    """`upload` counts the uploads of the batch from 1."""

    upload: int
    sheet: int
    row: int

    def __str__(self) -> str:
        """2/1-5: how it is kept."""
        return f"{self.upload}/{self.sheet}-{self.row}"

    @property
    def short(self) -> str:
        """How an office sees it: 5, on a second sheet 2-5, of a later upload 2/1-5."""
        if self.upload > 1:
            return str(self)
        return f"{self.sheet}-{self.row}" if self.sheet > 1 else str(self.row)


def read_origin(written: str) -> Origin | None:
    """Either way of writing; None for anything else."""
    match = _WRITTEN.fullmatch(written.strip())
    return Origin(int(match[1] or 1), int(match[2] or 1), int(match[3])) if match else None
