"""Where a canary could have come to lie, and every way in which it could be written there.

Looked at: each file of the data folder as raw bytes (PostgreSQL's heap, indexes and write-ahead log, Temporal's database
and its log, logs, mail, sealed files) and what gzip or zlib streams in it unpack to; mail, decoded part by part; the cells
of Temporal's database one by one (a value may be cut by a page's end in the raw file); each table and the statistics of
PostgreSQL as COPY writes them (a value over 2 KB may be compressed in the raw file); histories with the codec's keys.
"""

import base64
import email
import email.policy
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.client import Client

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
GZIP, ZLIB = b"\x1f\x8b\x08", (b"\x78\x01", b"\x78\x9c", b"\x78\xda")
LONGEST_STREAM = 1 << 20


@dataclass(frozen=True)
class Find:
    """A canary where none may be."""

    place: str
    canary: str
    written: str


class Search:
    """Looks for all canaries in all their writings."""

    def __init__(self, canaries: Iterable[str]) -> None:
        self._needles = {needle: (canary, way) for canary in canaries for way, needle in _writings(canary)}
        self._seen: set[int] = set()

    def within(self, place: str, content: bytes) -> Iterator[Find]:
        for needle, (canary, way) in self._needles.items():
            if needle in content:
                yield Find(place, canary, way)

    def raw_files(self, folder: Path) -> Iterator[Find]:
        """Every file, and every stream in it that unpacks. Equal contents (template databases) are looked at once."""
        seen: set[int] = set()
        for path in sorted(folder.rglob("*")):
            if not path.is_file() or path.is_symlink():
                continue
            content = path.read_bytes()
            if hash(content) in seen:
                continue
            seen.add(hash(content))
            place = str(path.relative_to(folder))
            yield from self.within(place, content)
            for stream in _unpacked(content):
                yield from self.within(f"{place} (compressed)", stream)

    def mail(self, folder: Path) -> Iterator[Find]:
        for path in sorted(folder.glob("*.eml")):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for part in message.walk():
                heads = "\n".join(f"{name}: {value}" for name, value in part.items())
                content = part.get_payload(decode=True)
                body = content if isinstance(content, bytes) else b""
                yield from self.within(f"mail {path.name}", heads.encode() + b"\n" + body)

    def sqlite(self, file: Path) -> Iterator[Find]:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
            tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
            for table in tables:
                rows = database.execute(f'select * from "{table}"')
                cells = (_cell(value) for row in rows for value in row if value is not None)
                yield from self.within(f"temporal {table}", b"\n".join(cells))

    def postgres(self, address: str) -> Iterator[Find]:
        with psycopg.connect(address, autocommit=True) as database:
            for table in _tables(database):
                yield from self.within(f"table {table}", _copied(database, f'select * from "{table}"'))
            yield from self.within("pg_stats", _copied(database, "select * from pg_stats"))

    async def histories(self, client: Client) -> list[Find]:
        """Each event of each workflow, its payloads opened."""
        finds: list[Find] = []
        async for execution in client.list_workflows():
            history = await client.get_workflow_handle(execution.id, run_id=execution.run_id).fetch_history()
            for event in history.events:
                opened = b"\n".join([await _opened(client, payload) for payload in _payloads(event)])
                place = f"history {execution.id} {event.event_id}"
                finds += self.within(place, event.SerializeToString() + b"\n" + opened)
        return finds


def keep_uncompressed(address: str) -> None:
    """From now on no long value is compressed, so that its bytes stand in the raw files even when the row is dead."""
    columns = (
        "select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid"
        " where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.attnum > 0 and a.attstorage = 'x'"
    )
    with psycopg.connect(address, autocommit=True) as database:
        for table, column in database.execute(columns).fetchall():
            database.execute(f'alter table "{table}" alter column "{column}" set storage external'.encode())


def written_out(address: str) -> None:
    """Everything that PostgreSQL holds in memory lies in its files: statistics, pages, write-ahead log."""
    with psycopg.connect(address, autocommit=True) as database:
        database.execute("analyze")
        database.execute("checkpoint")


def _writings(canary: str) -> Iterator[tuple[str, bytes]]:
    utf8 = canary.encode()
    for encoding in ENCODINGS:
        yield encoding, canary.encode(encoding)
    yield "json", json.dumps(canary)[1:-1].encode()
    yield "percent", quote(canary, safe="").encode()
    yield "quoted-printable", b"".join(b"=%02X" % byte for byte in utf8)
    yield "html", "".join(f"&#{ord(sign)};" for sign in canary).encode()
    yield "hex", utf8.hex().encode()
    yield "HEX", utf8.hex().upper().encode()
    for before in range(3):
        yield "base64", _base64_core(utf8, before)


def _base64_core(content: bytes, before: int) -> bytes:
    """What base64 makes of the content when `before` bytes stand before it: without the signs shared with neighbours."""
    whole = base64.b64encode(bytes(before) + content).rstrip(b"=")
    first = (0, 2, 3)[before]
    last = len(whole) if (before + len(content)) % 3 == 0 else len(whole) - 1
    return whole[first:last]


def _unpacked(content: bytes) -> Iterator[bytes]:
    for magic, window in ((GZIP, 31), *((magic, 15) for magic in ZLIB)):
        start = content.find(magic)
        while start >= 0:
            stream = _stream(content[start : start + LONGEST_STREAM], window)
            if len(stream) > 8:
                yield stream
            start = content.find(magic, start + 1)


def _stream(content: bytes, window: int) -> bytes:
    try:
        return zlib.decompressobj(window).decompress(content, LONGEST_STREAM)
    except zlib.error:
        return b""


def _cell(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _tables(database: psycopg.Connection[tuple[object, ...]]) -> Sequence[str]:
    rows = database.execute("select tablename from pg_tables where schemaname = 'public' order by 1").fetchall()
    return [str(name) for (name,) in rows]


def _copied(database: psycopg.Connection[tuple[object, ...]], query: str) -> bytes:
    with database.cursor().copy(f"copy ({query}) to stdout".encode()) as copy:
        return b"".join(bytes(block) for block in copy)


def _payloads(message: Message) -> Iterator[Payload]:
    """All payloads in the message, however deep."""
    if isinstance(message, Payload):
        yield message
        return
    for field, value in message.ListFields():
        if field.type != FieldDescriptor.TYPE_MESSAGE:
            continue
        if isinstance(value, Mapping):
            inner: Iterable[object] = value.values()
        elif isinstance(value, Message):
            inner = [value]
        else:
            inner = value
        for part in inner:
            if isinstance(part, Message):
                yield from _payloads(part)


async def _opened(client: Client, payload: Payload) -> bytes:
    codec = client.data_converter.payload_codec
    assert codec is not None
    [opened] = await codec.decode([payload])
    return opened.data
