"""The controls of a new application as the JSON that a program would send, and its problems back at the controls."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from api.forms import Form, Wrong, answer_fields, wrongs
from api.pages.application_form import AMOUNTS, APPLICANT, HOUSEHOLD, PAPER_KINDS, PAYEE, SWITCHES, TREATMENT
from api.pages.uploads import named
from policy.problems import Problem

HOUSEHOLD_LINES = 4


@dataclass(frozen=True)
class Drafted:
    """`lines` says, for each list, which line of the form each entry came from."""

    raw: dict[str, Any]
    lines: dict[str, list[int]]

    def wrongs(self, problems: Iterable[Problem]) -> tuple[Wrong, ...]:
        """Problems of the JSON at the controls of the form."""
        return wrongs(Problem(self._in_form(p.pointer), *self._said(p), p.clause) for p in problems)

    def _said(self, problem: Problem) -> tuple[str, str]:
        """A problem of one paper names the paper: the summary stands far from its line."""
        place, line, *_ = (*problem.pointer.removeprefix("/").split("/"), "")
        papers = self.raw["documents"]
        if place != "documents" or not line.isdigit() or int(line) >= len(papers):
            return problem.zh, problem.en
        return named(papers[int(line)]["kind"], problem.zh, problem.en)

    def _in_form(self, pointer: str) -> str:
        for place, lines in self.lines.items():
            head, _, rest = pointer.removeprefix(place + "/").partition("/")
            if pointer.startswith(place + "/") and head.isdigit() and int(head) < len(lines):
                return f"{place}/{lines[int(head)]}" + (f"/{rest}" if rest else "")
        return pointer


def draft(form: Form) -> Drafted:
    """What was typed, without what was left empty; nothing is judged here."""
    applicant = answer_fields(APPLICANT, form.part("applicant."))
    members = {n: answer_fields(HOUSEHOLD, form.part(f"applicant.household.{n}.")) for n in range(HOUSEHOLD_LINES)}
    members = {n: member for n, member in members.items() if member}
    papers = {n: paper for n in range(len(PAPER_KINDS)) if (paper := _paper(form, n))}
    costs: dict[str, Any] = answer_fields((*AMOUNTS, *TREATMENT), form.part("costs."))
    costs |= {name: True for name, _label in SWITCHES if form.value(f"costs.{name}")}
    raw = {
        **{name: form.value(name).strip() for name in ("division", "category") if form.value(name)},
        "applicant": applicant | ({"household": list(members.values())} if members else {}),
        "costs": costs,
        "payee": answer_fields(PAYEE, form.part("payee.")),
        "documents": list(papers.values()),
        **{name: text for name in ("submitted_on", "paper_reason") if (text := form.value(name).strip())},
    }
    return Drafted(raw, {"/documents": list(papers), "/applicant/household": list(members)})


def _paper(form: Form, line: int) -> dict[str, Any]:
    """The paper of a line; empty when nothing was said about it."""
    typed = form.part(f"documents.{line}.")
    said: dict[str, Any] = {name: text for name in ("file", "no", "date") if (text := typed.value(name).strip())}
    if typed.value("pending") and "file" not in said:
        said |= {"pending": True}
    return {"kind": typed.value("kind"), **said} if said else {}
