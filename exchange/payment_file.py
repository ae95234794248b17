"""The payment file for the bank, by the template of the jurisdiction: which columns, called what, in which encoding."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
FIELDS = ("serial", "reference", "name", "account", "bank", "amount", "purpose")
ENCODINGS = ("utf-8-sig", "utf-8", "gb18030")
STARTS_A_FORMULA = "=+-@\t\r"
TYPED_IS_TEXT = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}


@dataclass(frozen=True, repr=False)
class Instruction:
    """One payment that the bank is told to make. Holds an account: no repr."""

    serial: int
    reference: str
    name: str
    account: str
    bank: str
    amount: Decimal


class BadTemplate(ValueError):
    """The parameter PAYMENT_FILE names a column or an encoding that there is not."""


@dataclass(frozen=True)
class Template:
    """The value of PAYMENT_FILE: `columns` as (field, header)."""

    columns: tuple[tuple[str, str], ...]
    encoding: str
    sheet: str
    purpose: str

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> "Template":
        """Raises BadTemplate."""
        columns = tuple((str(column["field"]), str(column["header"])) for column in value["columns"])
        encoding = str(value.get("encoding", ENCODINGS[0]))
        if encoding not in ENCODINGS or not columns or any(field not in FIELDS for field, _header in columns):
            raise BadTemplate
        return cls(columns, encoding, str(value.get("sheet", "Sheet1"))[:31], str(value.get("purpose", "")))

    def cells(self, one: Instruction) -> list[str]:
        """The cells of a line, all of them text: a leading nought of an account is kept."""
        values = {
            "serial": str(one.serial),
            "reference": one.reference,
            "name": one.name,
            "account": one.account,
            "bank": one.bank,
            "amount": f"{one.amount:.2f}",
            "purpose": self.purpose,
        }
        return [values[field].lstrip(STARTS_A_FORMULA) for field, _header in self.columns]


def as_csv(template: Template, instructions: Sequence[Instruction]) -> bytes:
    """Quoted throughout, so that a program that opens it keeps accounts as they are."""
    kept = io.StringIO(newline="")
    writer = csv.writer(kept, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([header for _field, header in template.columns])
    writer.writerows(template.cells(one) for one in instructions)
    return kept.getvalue().encode(template.encoding)


def as_xlsx(template: Template, instructions: Sequence[Instruction], day: date) -> bytes:
    """One sheet, every cell text. `day` is the file's creation date, so that the same lines make the same file."""
    from xlsxwriter import Workbook  # heavy: only where a file is made

    kept = io.BytesIO()
    with Workbook(kept, {"in_memory": True, **TYPED_IS_TEXT}) as book:
        book.set_properties({"created": datetime.combine(day, datetime.min.time())})
        typed, heading = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "num_format": "@"})
        sheet = book.add_worksheet(template.sheet)
        sheet.set_column(0, len(template.columns) - 1, 24, typed)
        for column, (_field, header) in enumerate(template.columns):
            sheet.write_string(0, column, header, heading)
        for row, one in enumerate(instructions, start=1):
            for column, cell in enumerate(template.cells(one)):
                sheet.write_string(row, column, cell, typed)
    return kept.getvalue()
