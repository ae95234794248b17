"""What is wrong with something that was typed: the field, the reason in two languages, and the clause where there is one."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """`pointer` is a JSON pointer into what was sent, e.g. `/applicant/id_number`."""

    pointer: str
    zh: str
    en: str
    clause: str | None = None

    def below(self, prefix: str) -> "Problem":
        """The same problem, seen from the whole that contains the part."""
        return Problem(prefix + self.pointer, self.zh, self.en, self.clause)
