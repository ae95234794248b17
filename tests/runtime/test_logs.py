"""No number of a person survives the masking processor; what helps an operator does."""

import json
import subprocess
import sys

import pytest

from runtime.embedded.programs import ROOT
from runtime.logs import masked


@pytest.mark.parametrize(
    "number", ["140522199001011234", "14052219900101123X", "13800138000", "6222021234567890123", "12345678901"]
)
def test_long_number_is_masked_wherever_it_stands(number: str) -> None:
    assert number not in masked(f"申请人{number}，见附件")
    assert number not in str(masked({"rows": [{"value": number}], number: 1}))


def test_number_typed_as_integer_is_masked() -> None:
    assert masked(13800138000) == "13…(11)"


@pytest.mark.parametrize(
    "text", ["2025-10-14T09:00:00+08:00", "10200.00", "140522100", "0198c1f2-7d3a-7c11-9f00-123456789012", "1763784000"]
)
def test_dates_amounts_codes_and_ids_are_kept(text: str) -> None:
    assert masked(text) == text


def test_records_of_other_libraries_and_tracebacks_are_masked_json() -> None:
    program = """
import logging
from runtime.logs import configure
from runtime.settings import Settings
configure(Settings(), "test")
try:
    raise ValueError("bad 140522199001011234")
except ValueError:
    logging.getLogger("elsewhere").exception("row %s", "13800138000")
"""
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    (line,) = ran.stderr.splitlines()
    record = json.loads(line)

    assert "140522199001011234" not in line
    assert "13800138000" not in line
    assert record["event"] == "row 13…(11)"
    assert "ValueError: bad 14…(18)" in record["exception"]
    assert (record["process"], record["level"], record["logger"]) == ("test", "error", "elsewhere")
