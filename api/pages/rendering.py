"""Templates to HTML: one environment for each language, strict about missing names."""

from collections.abc import Callable
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
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["_"] = translator(language)
    made.filters.update(Wording(language).filters())
    made.tests["clause_id"] = is_clause_id
    return made


def translator(language: str) -> Callable[..., str]:
    """`_` of the templates. Its text is never markup: labels pass through it too, so everything is escaped when written."""
    catalogue = translations(language)

    def translate(message: str, **places: Any) -> str:
        text = catalogue.gettext(message) if message else message
        return text % places if places else text

    return translate


def html(language: str, template: str, context: dict[str, Any]) -> str:
    return environment(language).get_template(template).render(context)
