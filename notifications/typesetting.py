"""Official papers as PDF/A-2b, set by typst from `templates/papers/<folder>/page.typ`.

What a paper says reaches the template as data, never as markup: whatever was typed is printed as it was typed. The font
holds every character that the templates use; a name may hold one that it lacks, and then there is no PDF, only the page.
"""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from notifications.glyphs import FONTS, unprintable
from notifications.papers import Paper
from notifications.templating import TEMPLATES, long_date, weekday, yuan
from policy.deadlines import SHANGHAI

if TYPE_CHECKING:
    import typst

PAPERS = TEMPLATES / "papers"
PDF = "application/pdf"
STANDARD = "a-2b"
NOON = time(12)
"""PDFs keep UTC: at noon it is the same day there."""
_BLANKS = str.maketrans({"\t": " ", "\r": "\n", "\u2028": "\n", "\u2029": "\n", "\u200b": None, "\ufeff": None})


class Unprintable(ValueError):
    """The font lacks characters of the paper. Its text names code points only, since logs may hold it."""

    def __init__(self, characters: list[str]) -> None:
        super().__init__("glyphs missing: " + " ".join(f"U+{ord(character):04X}" for character in characters))
        self.characters = characters


def render_pdf(paper: Paper) -> bytes:
    """The paper as PDF/A-2b; the same paper makes the same bytes. Raises Unprintable where the font lacks a character."""
    made: bytes = _typeset(paper, "pdf", pdf_standards=STANDARD)
    return made


def render_png(paper: Paper, *, dots_per_inch: int = 96) -> list[bytes]:
    """A picture of each page of the PDF, to be looked at. Raises Unprintable."""
    pages = _typeset(paper, "png", ppi=dots_per_inch)
    return pages if isinstance(pages, list) else [pages]


def _typeset(paper: Paper, form: str, **options: Any) -> Any:
    import typst

    told = _told(paper)
    missing = unprintable("".join(_texts(told)))
    if missing:
        raise Unprintable(missing)
    compiler = typst.Compiler(root=PAPERS, font_paths=_fonts())
    made_at = datetime.combine(paper.day, NOON, SHANGHAI)
    try:
        return compiler.compile(
            PAPERS / paper.folder / "page.typ",
            format=form,  # type: ignore[arg-type]
            sys_inputs={"paper": json.dumps(told)},
            timestamp=int(made_at.timestamp()),
            **options,
        )
    except typst.TypstError as error:
        # Its diagnostics quote the paper, which may go into no log.
        raise RuntimeError(f"typst cannot set {paper.folder}: {error.message.partition(':')[0]}") from None


@cache
def _fonts() -> "typst.Fonts":
    """The papers' own font and no other: the same paper looks the same on every machine."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def _told(value: Any) -> Any:
    """What a template is told: dates and amounts in words, text without what no paper shows."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").translate(_BLANKS)
    if isinstance(value, Decimal):
        return yuan(value)
    if isinstance(value, date):
        return {"long": long_date(value), "weekday": weekday(value)}
    if isinstance(value, tuple):
        return [_told(entry) for entry in value]
    if is_dataclass(value):
        told = {field.name: _told(getattr(value, field.name)) for field in fields(value)}
        return told | {name: _told(getattr(value, name)) for name in _DERIVED if hasattr(value, name)}
    if value is None or isinstance(value, bool | int):
        return value
    raise TypeError(f"a paper cannot say a {type(value).__name__}")


_DERIVED = ("title", "number", "count", "total", "total_in_words")
"""What a paper derives from its fields, and its templates may say."""


def _texts(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        for entry in told.values():
            yield from _texts(entry)
    elif isinstance(told, list):
        for entry in told:
            yield from _texts(entry)
