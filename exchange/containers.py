"""What a handed-in file is, by its first bytes, and whether it may be opened: looked at before any parser sees it."""

import zipfile
from enum import StrEnum
from io import BytesIO

from exchange.troubles import TableTrouble

MEGABYTE = 1024 * 1024
MOST_PARTS = 500
MOST_UNPACKED = 100 * MEGABYTE
MOST_RATIO = 150
SMALL = MEGABYTE
"""A part smaller than this may be packed as tight as it likes: a sheet of blanks is."""
CHUNK = 64 * 1024

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_KNOWN_OTHERS = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"MZ", b"{\\rtf")
_MACRO_PARTS = ("vbaproject.bin", "xl/macrosheets/", "xl/dialogsheets/", "xl/activex/")
_BOOK = "xl/workbook.xml"
_DECLARED = (b"<!DOCTYPE", b"<!ENTITY", b"!\0D\0O\0C", b"!\0E\0N\0T")
"""In the encodings that an XML parser knows."""


class Container(StrEnum):
    XLSX = "xlsx"
    XLS = "xls"
    CSV = "csv"


def container_of(content: bytes) -> Container:
    """What it is by its content; its name does not matter. Raises TableTrouble for what is no table at all."""
    if not content.strip():
        raise TableTrouble("empty")
    if content.startswith(b"PK\x03\x04"):
        return Container.XLSX
    if content.startswith(_OLE):
        return Container.XLS
    if content.startswith(_KNOWN_OTHERS):
        raise TableTrouble("not-a-table")
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise TableTrouble("web-page")
    return Container.CSV


def check_xlsx(content: bytes) -> None:
    """Structure, sizes and ratio of a zip, counted while unpacking and not as it claims. Raises TableTrouble."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            _check_parts(parts)
            left = MOST_UNPACKED
            for part in parts:
                left -= _check_part(archive, part, left)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise TableTrouble("damaged") from error


def check_xls(content: bytes) -> None:
    """An old workbook without macros and password. Raises TableTrouble."""
    if _in_ole("EncryptedPackage") in content:
        raise TableTrouble("encrypted")
    if _in_ole("_VBA_PROJECT") in content or _in_ole("Macros") in content:
        raise TableTrouble("macros")
    if not any(_in_ole(name) in content for name in ("Workbook", "WORKBOOK", "Book", "BOOK")):
        raise TableTrouble("not-a-table")


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename.lower() for part in parts]
    if len(parts) > MOST_PARTS:
        raise TableTrouble("too-many-parts")
    if len(set(names)) != len(names) or any(part.flag_bits & 1 for part in parts):
        raise TableTrouble("damaged")
    if any(forbidden in name for name in names for forbidden in _MACRO_PARTS):
        raise TableTrouble("macros")
    if _BOOK not in names:
        raise TableTrouble("not-a-table")


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """Its real size. Raises TableTrouble as soon as it is more than what is left."""
    size, before = 0, b""
    is_xml = part.filename.lower().endswith((".xml", ".rels"))
    with archive.open(part) as opened:
        while chunk := opened.read(CHUNK):
            size += len(chunk)
            if size > left:
                raise TableTrouble("unpacks-too-large", megabytes=MOST_UNPACKED // MEGABYTE)
            if size > SMALL and size > MOST_RATIO * max(part.compress_size, 1):
                raise TableTrouble("packed-too-tight", ratio=MOST_RATIO)
            if is_xml:
                _check_xml(before + chunk)
                before = chunk[-32:]
    return size


def _check_xml(text: bytes) -> None:
    if b"!" in text and any(declared in text for declared in _DECLARED):
        raise TableTrouble("declares-entities")
    if b"macroEnabled" in text:
        raise TableTrouble("macros")


def _in_ole(name: str) -> bytes:
    """How a directory of an OLE file writes a name."""
    return name.encode("utf-16-le") + b"\0\0"
