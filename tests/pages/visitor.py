"""A browser without script: it follows links, fills in the forms that a page shows and posts what they hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any, Self

import httpx2

from store.demonstration import PASSWORD

Controls = dict[str, list[str]]


@dataclass
class Shown:
    """A page as it came. Texts are compared without tags and runs of blanks."""

    status: int
    address: str
    html: str
    headers: Mapping[str, str]

    @property
    def text(self) -> str:
        reader = _Reader()
        reader.feed(self.html)
        return " ".join(" ".join(reader.words).split())

    def form(self, action: str, having: str = "") -> Controls:
        """What the form at `action` would post as it stands; `having` is a `name=value` that tells it from others."""
        reader = _Reader()
        reader.feed(self.html)
        name, _, value = having.partition("=")
        found = [controls for at, controls in reader.forms if at == action]
        found = [controls for controls in found if not having or value in controls.get(name, [])]
        assert found, f"no form {action} {having} on {self.address}"
        return found[0]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.forms: list[tuple[str, Controls]] = []
        self._form: Controls | None = None
        self._select = self._textarea = ""
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        self._silent = tag in ("script", "style", "title")
        if tag == "form":
            self._form = {}
            self.forms.append((at.get("action", ""), self._form))
        if self._form is None:
            return
        name = at.get("name", "")
        if tag == "input" and name:
            kind = at.get("type", "text")
            if kind not in ("file", "submit") and (kind not in ("checkbox", "radio") or "checked" in at):
                self._form.setdefault(name, []).append(at.get("value", ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            values = self._form.setdefault(self._select, [""])
            if "selected" in at:
                values[0] = at.get("value", "")
        elif tag == "textarea":
            self._textarea = name
            self._form.setdefault(name, [""])

    def handle_endtag(self, tag: str) -> None:
        self._silent = False
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea and self._form is not None:
            self._form[self._textarea][0] += data
        if not self._silent:
            self.words.append(unescape(data))


@dataclass
class Visitor:
    """One browser, signed in or not. Redirects after a post are followed, as browsers do."""

    http: httpx2.AsyncClient
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def at(cls, address: str) -> Self:
        return cls(httpx2.AsyncClient(base_url=address, follow_redirects=True, timeout=40, trust_env=False))

    async def sign_in(self, username: str, password: str = PASSWORD) -> Shown:
        shown = await self.get("/sign-in")
        return await self.post(shown, "/sign-in", {"username": username, "password": password})

    async def get(self, path: str, **headers: str) -> Shown:
        return _shown(await self.http.get(path, headers=headers))

    async def post(
        self,
        shown: Shown,
        action: str,
        values: Mapping[str, Any] | None = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
        having: str = "",
    ) -> Shown:
        """Posts the form of the page with some controls filled in; a value may be a list of ticks."""
        filled: Controls = dict(shown.form(action, having))
        for name, value in (values or {}).items():
            filled[name] = value if isinstance(value, list) else [value]
        return _shown(await self.http.post(action, data=filled, files=dict(files) if files else None))


def _shown(answer: httpx2.Response) -> Shown:
    return Shown(answer.status_code, str(answer.url), answer.text, answer.headers)
