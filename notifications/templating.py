"""The one Jinja2 environment of mails and papers: strict, escaping in .html only, words for dates and money."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).parent / "templates"
WEEKDAYS = "一二三四五六日"


def long_date(day: date) -> str:
    """2025年4月11日, as official papers write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def weekday(day: date) -> str:
    return f"星期{WEEKDAYS[day.weekday()]}"


def yuan(amount: Decimal) -> str:
    """Two places and thousands separators: 10,200.00."""
    return f"{amount:,.2f}"


def _escapes(template: str | None) -> bool:
    return template is not None and template.endswith(".html")


environment = Environment(
    loader=FileSystemLoader(TEMPLATES),
    undefined=StrictUndefined,
    autoescape=_escapes,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
environment.filters.update(long_date=long_date, weekday=weekday, yuan=yuan)
