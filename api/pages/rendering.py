"""Templates to HTML: one environment for each language, strict about missing names."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.pages.wording import Wording, is_clause_id
from api.texts import translations

TEMPLATES = Path(__file__).parent.parent / "templates"


@cache
def environment(language: str) -> Environment:
    """A template that uses a name nobody gave it fails, in tests, instead of showing a blank to a citizen."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]  # i18n adds it
    made.filters.update(Wording(language).filters())
    made.tests["clause_id"] = is_clause_id
    return made


def html(language: str, template: str, context: dict[str, Any]) -> str:
    return environment(language).get_template(template).render(context)
