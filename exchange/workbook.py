"""Workbooks that go out: text stays text, and nothing that somebody typed becomes a formula or a link."""

from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from exchange.columns import Column

_OPTIONS = {
    "in_memory": True,  # nothing personal lies in a temporary file
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


class Book:
    """A workbook under way, with the few formats that our sheets use."""

    def __init__(self) -> None:
        self._bytes = BytesIO()
        self._book = Workbook(self._bytes, _OPTIONS)
        self.text = self._book.add_format({"num_format": "@"})
        self.day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self.header = self._book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True})
        self.optional = self._book.add_format({"bg_color": "#F4F6F8", "border": 1, "text_wrap": True})
        self.reason = self._book.add_format({"font_color": "#B3261E", "text_wrap": True})
        self.title = self._book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        self.lined = self._book.add_format({"num_format": "@", "border": 1})
        self.wrapped = self._book.add_format({"text_wrap": True, "valign": "top"})

    def sheet(self, name: str) -> Worksheet:
        return self._book.add_worksheet(name)

    def done(self) -> bytes:
        self._book.close()
        return self._bytes.getvalue()

    def header_of(self, column: Column) -> Format:
        return self.header if column.required else self.optional
