"""Parameters that hold in one story only, written in place of the shipped ones before the story begins."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, create_engine, delete
from sqlalchemy.dialects.postgresql import insert

from policy.rulebook import Basis
from runtime.story.reading import BadStory
from store.packs import load_packs, shipped
from store.reference import ParameterRow

DOCUMENT = "演练设定"
SINCE = "2019-06-25"


def set_parameters(url: str, parameters: Mapping[str, Any], at: datetime, *, demo: bool) -> None:
    """Writes them with the migration role at `url`; without `demo` the invented values of the demonstration are taken out.

    Raises BadStory for a key whose unit nothing tells.

    A value may stand alone where the shipped packs know the key, `RATE(DSR)` as they know `RATE(DB)`; otherwise it is a
    mapping {value, unit, division, effective_from, effective_to, basis, document}, or a list of such mappings where several
    divisions say something else.
    """
    units = _known_units() if parameters else {}
    rows = [_row(key, one, units, at) for key, written in parameters.items() for one in _each(written)]
    engine = create_engine(url)
    with engine.begin() as connection:
        if not demo:
            connection.execute(delete(ParameterRow).where(ParameterRow.basis == Basis.DEMONSTRATION.value))
        for row in rows:
            connection.execute(delete(ParameterRow).where(*_in_its_province(row)))
        if rows:
            connection.execute(insert(ParameterRow), rows)
    engine.dispose()


def _each(written: Any) -> Sequence[Any]:
    """The entries of a key: one, unless it is a list of mappings that each have a value of their own."""
    several = isinstance(written, list) and all(isinstance(one, Mapping) and "value" in one for one in written)
    return written if several and written else [written]


def _in_its_province(row: Mapping[str, Any]) -> tuple[ColumnElement[bool], ...]:
    """A story's value stands in place of every shipped one of its province; another province's rules are not its own."""
    return ParameterRow.key == row["key"], ParameterRow.division.startswith(row["division"][:2])


def _known_units() -> dict[str, tuple[str, str | None]]:
    """By key, and by what stands before its bracket; Shanxi's where provinces differ."""
    known: dict[str, tuple[str, str | None]] = {}
    elsewhere = [parameter for parameter in load_packs(shipped()).parameters if not parameter.division.startswith("14")]
    for parameter in (*load_packs(("14", "1405"), demo=True).parameters, *elsewhere):
        known.setdefault(parameter.key.partition("(")[0], (parameter.unit, parameter.clause))
        known.setdefault(parameter.key, (parameter.unit, parameter.clause))
    return known


def _row(key: str, written: Any, units: Mapping[str, tuple[str, str | None]], at: datetime) -> dict[str, Any]:
    entry = written if isinstance(written, Mapping) and "value" in written else {"value": written}
    unit, clause = units.get(key) or units.get(key.partition("(")[0]) or ("", None)
    if not (entry.get("unit") or unit):
        raise BadStory(f"pack 中的 {key}：没有随附的同名参数，请写成 {{value: …, unit: …}}")
    end = entry.get("effective_to")
    return {
        "key": key,
        "division": entry.get("division", "14"),
        "value": entry["value"],
        "unit": entry.get("unit") or unit,
        "effective_from": date.fromisoformat(entry.get("effective_from", SINCE)),
        "effective_to": date.fromisoformat(end) if end else None,
        "document": entry.get("document", DOCUMENT),
        "clause": clause,
        "basis": Basis(entry.get("basis", Basis.DEMONSTRATION)).value,
        "note": "",
        "version": 1,
        "source": "pack",
        "entered_by": None,
        "entered_at": at,
    }
