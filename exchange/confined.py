"""Reads a handed-in file in a process of its own, with limits on memory and time: what strangers made is parsed nowhere else."""

import asyncio
import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

from exchange.columns import Cell, Formula
from exchange.rows import Sheet, SheetRow
from exchange.troubles import TableTrouble

SECONDS = 90.0
"""Of the clock on the wall; the process limits its own time of the processor."""
AT_ONCE = asyncio.Semaphore(2)
"""So many files are read at once by one program: each may take its whole share of memory."""
_ROOT = Path(__file__).parent.parent


async def sheets_of(content: bytes) -> list[Sheet]:
    """The sheets of the file. Raises TableTrouble, also when reading it needed more than is allowed."""
    async with AT_ONCE:
        return _decoded(await _answer(content))


async def _answer(content: bytes) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "exchange.confined_reader",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # a parser's complaint may quote a cell
        cwd=_ROOT,
        env={"PATH": os.defpath, "PYTHONPATH": str(_ROOT), "LC_ALL": "C.UTF-8"},
    )
    try:
        answer, _ = await asyncio.wait_for(process.communicate(content), SECONDS)
    except TimeoutError:
        raise TableTrouble("took-too-much") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise TableTrouble("damaged" if process.returncode == 1 else "took-too-much")
    return answer


def _decoded(answer: bytes) -> list[Sheet]:
    told = json.loads(answer)
    if "trouble" in told:
        code, parameters = told["trouble"]
        raise TableTrouble(code, **parameters)
    return [_sheet(one) for one in told["sheets"]]


def _sheet(told: dict[str, Any]) -> Sheet:
    number = told["number"]
    rows = (SheetRow(line, tuple(map(_cell, cells)), number) for line, cells in told["rows"])
    return Sheet(tuple(rows), number, told["hidden"], told["name"])


def _cell(value: Any) -> Cell:
    match value:
        case {"day": day}:
            return date.fromisoformat(day)
        case {"formula": picture}:
            return Formula(picture)
        case None | str() | int() | float() | bool():
            return value
    raise ValueError("the reader gave a cell of no known kind")
