"""A workbook with a sheet per category is taken apart: each category's list is an upload of its own, kept with the file.

Which category a sheet is of say its boxes; nothing is guessed. A category's sheets are one list, with the certificate that is
ticked alike. Where the sheets contradict each other, the file goes back and names them.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from activities.imports.kinds import Context
from exchange.certificates import Certificate
from exchange.tables import Table, Tables
from exchange.troubles import TableTrouble
from policy.terms import Category

Named = Callable[[Context, str], Category | None]
"""The category that a word on the form means."""
COUNTS = ("households_added", "persons_added", "households_removed", "persons_removed")


@dataclass(frozen=True)
class Part:
    """`sheets`: the numbers of its lists' and of its certificate."""

    category: Category
    sheets: tuple[int, ...]


def parts_of(context: Context, tables: Tables, named: Named) -> Sequence[Part]:
    """By category, in the order of their sheets; empty where all the sheets are of one. Raises TableTrouble."""
    papers = _papers(context, tables, named)
    lists = _lists(context, tables, named)
    _demand_lists(lists, papers)
    if len(lists) < 2:
        return ()
    _demand_nothing_typed(context, lists)
    return [Part(one, (*sheets, *(number for number, _ in papers.get(one, ())))) for one, sheets in lists.items()]


def said(sheets: Sequence[int]) -> str:
    """第1张、第3张."""
    return "、".join(f"第{number}张" for number in sheets)


def _lists(context: Context, tables: Tables, named: Named) -> Mapping[Category, list[int]]:
    typed = context.fields.get("category")
    found: dict[Category, list[int]] = defaultdict(list)
    unknown = []
    for table in tables.sheets:
        category = Category(typed) if typed and not table.head.ticked else _ticked(context, table, named)
        if category is None:
            unknown.append(table.sheet)
        else:
            found[category].append(table.sheet)
    if unknown and len(tables.sheets) > 1 and (found or not typed):
        raise TableTrouble("unticked-sheets", sheets=said(unknown), numbers=", ".join(map(str, unknown)))
    return found


def _ticked(context: Context, table: Table, named: Named) -> Category | None:
    ticked = table.head.ticked
    return named(context, ticked[0]) if len(ticked) == 1 else None


def _papers(context: Context, tables: Tables, named: Named) -> Mapping[Category, Sequence[tuple[int, Certificate]]]:
    """The certificates by category. Raises TableTrouble where two of one category say different counts or days."""
    found: dict[Category, list[tuple[int, Certificate]]] = defaultdict(list)
    for number, paper in tables.certificates:
        category = named(context, paper.ticked[0]) if len(paper.ticked) == 1 else None
        if category is not None:
            found[category].append((number, paper))
    for category, papers in found.items():
        counts = {tuple(getattr(paper, count) for count in COUNTS) for _, paper in papers}
        days = {paper.day for _, paper in papers if paper.day is not None}
        if len(counts) > 1 or len(days) > 1:
            sheets = [number for number, _ in papers]
            raise TableTrouble(
                "contradictory-certificates",
                category=category.label,
                named=category.value,
                sheets=said(sheets),
                numbers=", ".join(map(str, sheets)),
            )
    return found


def _demand_lists(
    lists: Mapping[Category, Sequence[int]], papers: Mapping[Category, Sequence[tuple[int, Certificate]]]
) -> None:
    """No certificate of persons is passed over because its list was forgotten. Raises TableTrouble that names its sheets.

    One list with one certificate is left to their comparison, which says more.
    """
    claimed = {category: of for category, of in papers.items() if any(_claims(paper) for _, paper in of)}
    if max(len(lists), len(claimed)) < 2:
        return
    for category, of in claimed.items():
        if category not in lists:
            sheets = [number for number, _ in of]
            numbers = ", ".join(map(str, sheets))
            raise TableTrouble(
                "certificate-without-list",
                category=category.label,
                named=category.value,
                sheets=said(sheets),
                numbers=numbers,
            )


def _claims(paper: Certificate) -> bool:
    return any(getattr(paper, count) for count in COUNTS)


def _demand_nothing_typed(context: Context, lists: Mapping[Category, Sequence[int]]) -> None:
    """What is typed beside the file is about one list. Raises TableTrouble that names the sheets of each category."""
    if not any(context.fields.get(name) for name in ("category", *COUNTS)):
        return
    raise TableTrouble(
        "typed-for-several",
        lists="，".join(f"{said(sheets)}{category.label}" for category, sheets in lists.items()),
        codes=", ".join(f"{category.value} on {', '.join(map(str, sheets))}" for category, sheets in lists.items()),
    )
