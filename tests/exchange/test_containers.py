"""What may not be opened is refused by its name before any parser sees it, and what needs too much is stopped."""

import pytest

from exchange import confined, confined_reader
from exchange.confined import sheets_of
from exchange.containers import MEGABYTE, Container, container_of
from exchange.troubles import TableTrouble
from tests.exchange.poison import HEADER, ROW, csv, with_part, with_sheet, without_part, xlsx

PLAIN = xlsx([HEADER, ROW])
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def ole(*names: str) -> bytes:
    return OLE + bytes(600) + b"".join(name.encode("utf-16-le") + b"\0\0" for name in names)


POISONED = {
    "empty": b"",
    "empty blanks": b" \r\n\r\n",
    "not-a-table": b"%PDF-1.4 invented",
    "not-a-table picture": b"\x89PNG\r\n\x1a\n",
    "not-a-table other zip": without_part(PLAIN, "xl/workbook.xml"),
    "not-a-table other document": ole("WordDocument"),
    "web-page": "<html><table><tr><td>姓名".encode(),
    "web-page xml": b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>",
    "damaged": PLAIN[: len(PLAIN) // 2],
    "damaged crc": PLAIN.replace(b"PK\x01\x02", b"PK\x01\x03", 1),
    "damaged parts twice": with_part(with_part(PLAIN, "xl/Theme/x.xml", b"<x/>"), "xl/theme/X.xml", b"<x/>"),
    "damaged relations": without_part(PLAIN, "xl/_rels/workbook.xml.rels"),
    "encrypted": ole("EncryptedPackage"),
    "macros": with_part(PLAIN, "xl/vbaProject.bin", b"invented"),
    "macros old": ole("Workbook", "_VBA_PROJECT"),
    "macros by type": with_part(PLAIN, "xl/x.xml", b"<x t='application/vnd.ms-excel.sheet.macroEnabled.main+xml'/>"),
    "declares-entities": with_part(PLAIN, "xl/x.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
    "declares-entities utf-16": with_part(
        PLAIN, "xl/x.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'.encode("utf-16")
    ),
    "packed-too-tight": with_part(PLAIN, "xl/media/x.bin", bytes(20 * MEGABYTE)),
    "unpacks-too-large": with_part(PLAIN, "xl/media/x.bin", bytes(101 * MEGABYTE), compress=False),
    "unknown-encoding": "姓名,金额\r\n".encode() + b"\x00\xff\xfe\xff",
}


@pytest.mark.parametrize("case", POISONED)
async def test_poison_is_refused_by_its_name(case: str) -> None:
    with pytest.raises(TableTrouble) as raised:
        await sheets_of(POISONED[case])
    assert raised.value.code == case.partition(" ")[0]
    assert raised.value.zh
    assert raised.value.en


async def test_a_zip_of_very_many_parts_is_refused() -> None:
    bomb = PLAIN
    for number in range(2):
        bomb = with_part(bomb, f"xl/{number}.xml", b"<x/>")
    assert await sheets_of(bomb)
    many = with_many_parts(600)
    with pytest.raises(TableTrouble, match="too-many-parts"):
        await sheets_of(many)


def with_many_parts(count: int) -> bytes:
    import zipfile
    from io import BytesIO

    made = BytesIO(PLAIN)
    with zipfile.ZipFile(made, "a") as archive:
        for number in range(count):
            archive.writestr(f"xl/media/{number}.png", b"")
    return made.getvalue()


def test_a_file_is_known_by_its_content() -> None:
    assert container_of(PLAIN) is Container.XLSX
    assert container_of(ole("Workbook")) is Container.XLS
    assert container_of(csv([HEADER, ROW])) is Container.CSV


async def test_one_cell_at_the_far_end_of_a_sheet_is_no_giant_table() -> None:
    far = with_sheet(PLAIN, b'r="D2"', b'r="XFD1048576"')
    with pytest.raises(TableTrouble) as raised:
        await sheets_of(far)
    assert raised.value.code in ("too-many-columns", "took-too-much")


async def test_a_sheet_of_too_many_rows_is_refused() -> None:
    rows = [HEADER, *([ROW] * 50_001)]
    with pytest.raises(TableTrouble, match="too-many-rows"):
        await sheets_of(csv(rows))


async def test_reading_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "SECONDS", 0.001)
    with pytest.raises(TableTrouble, match="took-too-much"):
        await sheets_of(PLAIN)


def test_the_reader_limits_itself_before_it_reads() -> None:
    """In a process of its own: limits that are set cannot be raised again."""
    import subprocess
    import sys

    asked = "import exchange.confined_reader as r, resource as s; r.limit(); print(s.getrlimit(s.RLIMIT_AS)[1])"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True, text=True).stdout
    assert int(told) == confined_reader.MEMORY
