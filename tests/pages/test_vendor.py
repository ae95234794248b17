"""What others wrote is served byte for byte as it came."""

import hashlib
import tomllib
from pathlib import Path

import pytest

VENDOR = Path("api/static/vendor")
FILES = tomllib.loads((VENDOR / "MANIFEST.toml").read_text())["file"]


@pytest.mark.parametrize("entry", FILES, ids=lambda entry: entry["file"])
def test_vendored_file_has_the_hash_of_its_package(entry: dict[str, str]) -> None:
    assert hashlib.sha256((VENDOR / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
    assert (VENDOR / entry["licence_file"]).read_text().strip()
    assert entry["version"] in entry["file"]


def test_vendored_scripts_and_styles_are_all_in_the_manifest() -> None:
    served = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.suffix in (".js", ".css")}
    assert served == {entry["file"] for entry in FILES}


def test_pages_load_the_vendored_versions() -> None:
    base = Path("api/templates/base.html").read_text()
    for package in ("@tabler/core", "htmx.org"):
        [file] = [entry["file"] for entry in FILES if entry["package"] == package]
        assert f"/static/vendor/{file}" in base
