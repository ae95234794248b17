"""What a list is filtered by, kept in its address: the page of a list can be bookmarked and shared; it holds codes only."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True)
class Filters:
    """`filters.box` in a template is the chosen value; `filters.href(box="office")` the address with one changed."""

    path: str
    chosen: Mapping[str, str]

    def __getattr__(self, name: str) -> str:
        try:
            return self.chosen[name]
        except KeyError:
            raise AttributeError(name) from None

    def href(self, **changes: str) -> str:
        query = {name: value for name, value in {**self.chosen, **changes}.items() if value}
        return f"{self.path}?{urlencode(query)}" if query else self.path
