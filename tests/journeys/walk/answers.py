"""What somebody might type into the fields that a step asks for: what is asked, or what is wrong."""

from collections.abc import Mapping, Sequence
from typing import Any

Schema = Mapping[str, Any]
REFUSED_FOR = ["A-39"]


def plausible(fields: Sequence[Schema], known: Mapping[str, Any]) -> dict[str, Any]:
    """A right value for each field that must be filled; `known` holds what only the walk can know (a day, a file)."""
    return {field["name"]: _value(field, known) for field in fields if field["x-required"] or field["name"] in known}


def wrong(fields: Sequence[Schema], known: Mapping[str, Any], how: int) -> dict[str, Any]:
    """Right but for one thing: a field that is missing or misshapen, or one too many."""
    values = plausible(fields, known)
    if values and how % 3 == 0:
        values.pop(sorted(values)[how % len(values)])
    elif values and how % 3 == 1:
        values[sorted(values)[how % len(values)]] = {"of": "another shape"}
    else:
        values["unasked"] = "此项不在表内"
    return values


def _value(field: Schema, known: Mapping[str, Any]) -> Any:
    if field["name"] in known:
        return known[field["name"]]
    match field["x-kind"]:
        case "choice":
            return field["enum"][0]
        case "choices":
            codes = field["items"]["enum"]
            return REFUSED_FOR if REFUSED_FOR[0] in codes else codes[-3:-2]
        case "names":
            return ["成禾", "申望"]
        case "date":
            return known["day"]
        case "documents":
            return [{"kind": known["paper"], "file": known["file"]}]
        case "money":
            return "1.00"
        case _:
            return f"{field['title']}：已核"
