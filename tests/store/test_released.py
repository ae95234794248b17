"""What has been released is not edited (architecture decision 12): migrations that ran somewhere, histories still open."""

import hashlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
RELEASED = Path(__file__).parent / "released"


@pytest.mark.parametrize("release", sorted(RELEASED.glob("*.sha256")), ids=lambda path: path.stem)
def test_released_migrations_and_histories_are_as_they_were(release: Path) -> None:
    """A data folder made by that release is upgraded by what comes after, never by what it was made with."""
    lines = [line.split("  ", 1) for line in release.read_text(encoding="utf-8").splitlines()]
    changed = [name for digest, name in lines if hashlib.sha256((ROOT / name).read_bytes()).hexdigest() != digest]
    assert lines
    assert changed == []
