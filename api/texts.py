"""The words of the pages in each language. The Chinese text is the key; other languages are message catalogues (.po)."""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CATALOGUES = Path(__file__).parent / "locale"
CHINESE = "zh-CN"
LANGUAGES = (CHINESE, "en")


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of a language. Read from the .po itself: there is no compiled file that could be out of date."""
    if language == CHINESE:
        return NullTranslations()
    with (CATALOGUES / language / "LC_MESSAGES" / "messages.po").open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def chosen_language(asked: str | None, remembered: str | None) -> str:
    """`?lang=` first, then the cookie, then Chinese; an unknown language is Chinese."""
    return next((language for language in (asked, remembered) if language in LANGUAGES), CHINESE)
