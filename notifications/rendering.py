"""A notice in words: subject, plain text and HTML from the notice's own folder."""

from dataclasses import dataclass, fields

from notifications.catalog import Notice
from notifications.templating import environment


@dataclass(frozen=True)
class Rendered:
    notice: str
    """The name of the notice that it was made from."""
    subject: str
    """One line."""
    text: str
    html: str


def render(notice: Notice) -> Rendered:
    """Raises jinja2.UndefinedError where a template asks for a variable that the notice does not have."""
    subject = _fill(notice, "subject.txt").strip()
    return Rendered(notice.name, subject, _fill(notice, "body.txt"), _fill(notice, "body.html"))


def _fill(notice: Notice, part: str) -> str:
    variables = {field.name: getattr(notice, field.name) for field in fields(notice)}
    return environment.get_template(f"notices/{notice.name}/{part}").render(variables)
