"""Text tables as offices save them: UTF-8, GB18030 or UTF-16, separated by commas, tabs or semicolons."""

import csv
from io import StringIO

from exchange.troubles import TableTrouble

LONGEST_FIELD = 100_000


def csv_rows(content: bytes, most: int) -> list[list[str]]:
    """At most `most` rows, blank ones among them. Raises TableTrouble."""
    text = _decoded(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(",\t;", key=first.count)
    csv.field_size_limit(LONGEST_FIELD)
    try:
        rows = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
        return [row for _, row in zip(range(most), rows, strict=False)]
    except csv.Error:
        raise TableTrouble("damaged") from None


def _decoded(content: bytes) -> str:
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(character < " " and character not in "\t\r\n" for character in text):
            return text
    raise TableTrouble("unknown-encoding")
