"""Official documents and their clauses: what every rule and every step is grounded on."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Document:
    """An official document 文件, or the project's own list of local settings."""

    id: str
    number: str
    title: str
    division: str
    in_force_from: date
    in_force_to: date | None = None
    public: bool = True
    """False for 不予公开: number and section may be cited, the text is shown on no page for citizens."""
    demonstration: bool = False


@dataclass(frozen=True)
class Clause:
    """A clause, named by its catalogue id (A-37), with the words it rests on."""

    id: str
    document: str
    section: str
    title: str
    text: str = ""

    def cite(self, document: Document) -> str:
        """As an official would cite it: 晋医保发〔2019〕46号 三（十一）."""
        return f"{document.number} {self.section}"
