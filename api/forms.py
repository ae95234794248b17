"""What stands in a form: typed values by name, problems by name, and the way from flat names to the counter's JSON.

A control is named like the JSON pointer of its value, with dots: `/applicant/id_number` is `applicant.id_number`,
`/documents/0/kind` is `documents.0.kind`. So the same problem list serves programs and pages.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from policy.fields import Field, Kind
from policy.problems import Problem


@dataclass(frozen=True)
class Wrong:
    """A problem at the control that it belongs to."""

    name: str
    zh: str
    en: str
    clause: str | None = None


@dataclass(frozen=True)
class PaperRow:
    """One line of a list of papers: `file` is the id of what was uploaded already, `name` what the person called it."""

    kind: str = ""
    file: str = ""
    name: str = ""


@dataclass(frozen=True)
class Form:
    """A form as it is drawn: empty at first, drawn again with all that was typed and all that is wrong."""

    id: str
    typed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    problems: tuple[Wrong, ...] = ()

    def value(self, name: str) -> str:
        values = self.typed.get(name, ())
        return values[-1] if values else ""

    def values_of(self, name: str) -> Sequence[str]:
        return self.typed.get(name, ())

    def part(self, prefix: str) -> "Form":
        """The typed values whose names begin with `prefix`, by what follows it."""
        inside = {name.removeprefix(prefix): values for name, values in self.typed.items() if name.startswith(prefix)}
        return Form(self.id, inside)

    def problems_at(self, name: str) -> tuple[Wrong, ...]:
        return tuple(wrong for wrong in self.problems if wrong.name == name)

    def anchor(self, name: str) -> str:
        """The id of the control of that name; a list of papers is named by its line, a part of a line by the line."""
        line = re.match(r"(.*documents\.\d+)", name)
        return f"{self.id}-{(line.group(1) if line else name).replace('.', '-')}"

    def rows_of(self, name: str, blanks: int) -> list[PaperRow]:
        """The papers listed so far that were not struck out, and blank rows for more."""
        kept = [
            PaperRow(*(self.value(f"{name}.{n}.{part}") for part in ("kind", "file", "name")))
            for n in self._row_numbers(name)
            if not self.value(f"{name}.{n}.drop")
        ]
        rows = [row for row in kept if row != PaperRow()]
        return rows + [PaperRow()] * max(1, blanks - len(rows))

    def _row_numbers(self, name: str) -> list[int]:
        prefix = name + "."
        numbers = {typed.removeprefix(prefix).split(".")[0] for typed in self.typed if typed.startswith(prefix)}
        return sorted(int(number) for number in numbers if number.isdigit())


def typed_values(pairs: Iterable[tuple[str, Any]]) -> dict[str, list[str]]:
    """The text controls of a posted form, every value of each name, in order; files are not among them."""
    typed: dict[str, list[str]] = {}
    for name, value in pairs:
        if isinstance(value, str):
            typed.setdefault(name, []).append(value)
    return typed


def wrongs(problems: Iterable[Problem], prefix: str = "/") -> tuple[Wrong, ...]:
    """Problems by pointer as problems by control; `prefix` is the part of the pointer that the form does not repeat."""
    return tuple(
        Wrong(
            problem.pointer.removeprefix(prefix).lstrip("/").replace("/", "."), problem.zh, problem.en, problem.clause
        )
        for problem in problems
    )


def answer_fields(fields: Sequence[Field], form: Form) -> dict[str, Any]:
    """The `fields` of an answer as a program would send them; what was left empty is left out."""
    given: dict[str, Any] = {}
    for declared in fields:
        value = _raw(declared, form)
        if value not in ("", []):
            given[declared.name] = value
    return given


def papers(form: Form, name: str) -> list[dict[str, str]]:
    """The listed papers that have a kind or a file, as `{kind, file}`."""
    return [{"kind": row.kind, "file": row.file} for row in form.rows_of(name, 0) if row.file or row.kind]


def _raw(declared: Field, form: Form) -> Any:
    match declared.kind:
        case Kind.CHOICES:
            return list(form.values_of(declared.name))
        case Kind.DOCUMENTS:
            return papers(form, declared.name)
        case Kind.MONEY:
            return form.value(declared.name).strip().replace(",", "").replace("，", "")
        case _:
            return form.value(declared.name).strip()
