"""What was handed in and what was issued: rows here, sealed content in the data folder."""

import hashlib
import os
import uuid
from pathlib import Path

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, Key, Moment
from store.vault import Vault


class FileRow(Base):
    """`origin`: `upload` (handed in) or `paper` (issued by an office)."""

    __tablename__ = "file"

    id: Mapped[Key]
    division: Mapped[str] = mapped_column(index=True)
    application_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    origin: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[bytes]
    name_sealed: Mapped[bytes]
    uploaded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[Moment]


class FileStore:
    """The sealed files of the data folder, one per id. A file is whole or not there."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder, self._vault = folder, vault

    def put(self, file_id: uuid.UUID, content: bytes) -> bytes:
        """Seals and stores the content; returns its SHA-256."""
        path = self._path(file_id)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.touch(mode=0o600)
        with partial.open("wb") as file:
            file.write(self._vault.seal_file(file_id, content))
            file.flush()
            os.fsync(file.fileno())  # a row must not outlive its file when the power fails
        partial.replace(path)
        _sync_folder(path.parent)
        return hashlib.sha256(content).digest()

    def get(self, file_id: uuid.UUID) -> bytes:
        """The content. Raises FileNotFoundError or `vault.SealBroken`."""
        return self._vault.open_file(file_id, self._path(file_id).read_bytes())

    def remove(self, file_id: uuid.UUID) -> None:
        """Removes the content for good. Harmless where it is gone already."""
        path = self._path(file_id)
        path.unlink(missing_ok=True)
        if path.parent.is_dir():
            _sync_folder(path.parent)

    def _path(self, file_id: uuid.UUID) -> Path:
        return self._folder / file_id.hex[-2:] / file_id.hex


def _sync_folder(folder: Path) -> None:
    """A new name lasts only when its folder has been written too, and so does its end."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
