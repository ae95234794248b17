"""The one folder that holds everything `up` keeps: where each thing lies, whose it is, and whether it is whole."""

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from runtime.trouble import StartTrouble

MARKER = "jiuzhu.json"
FORMAT = 1
LOCK = "up.lock"
SQLITE_HEADER = b"SQLite format 3\x00"


@dataclass(frozen=True)
class DataFolder:
    """Paths under one data folder. Nothing is made on disk until `claim`."""

    given: Path

    @property
    def path(self) -> Path:
        return self.given.expanduser().absolute()

    @property
    def marker(self) -> Path:
        return self.path / MARKER

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def temporal(self) -> Path:
        return self.path / "temporal.db"

    @property
    def keyring(self) -> Path:
        return self.path / "keyring.json"

    @property
    def mail(self) -> Path:
        return self.path / "mail"

    @property
    def files(self) -> Path:
        return self.path / "files"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def run(self) -> Path:
        return self.path / "run"

    @property
    def clock(self) -> Path:
        return self.run / "clock.json"

    @property
    def socket(self) -> Path:
        """A short folder without blanks for PostgreSQL's socket: a socket's whole path may have 107 bytes."""
        name = hashlib.sha256(str(self.path).encode()).hexdigest()[:12]
        place = tempfile.gettempdir()
        return Path("/tmp" if " " in place or len(place) > 60 else place) / f"jiuzhu-{name}"

    def database_url(self, role: str, database: str = "jiuzhu") -> str:
        """Address of the embedded database for `api`, `worker`, `relay`, `migration` or `postgres` (the superuser)."""
        user = {"migration": "jiuzhu_owner", "postgres": "postgres"}.get(role, f"jiuzhu_{role}")
        return f"postgresql+psycopg://{user}@/{database}?host={self.socket}"

    def claim(self) -> TextIO:
        """Take the folder for this process; the lock lasts as long as the returned file is open.

        Raises StartTrouble when it is not a folder of ours, not writable, or in use by another `up`.
        """
        self._refuse_strangers()
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            (self.path / LOCK).touch(mode=0o600)
            lock = (self.path / LOCK).open("a+", encoding="utf-8")
        except OSError as error:
            raise StartTrouble(
                f"数据文件夹 {self.path} 无法写入（{error.strerror}）。请换一个：JIUZHU_DATA_DIR=…"
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            holder = lock.read().strip() or "未知"
            lock.close()
            raise StartTrouble(
                f"数据文件夹 {self.path} 正被另一个 jiuzhu up 使用（进程号 {holder}）。"
                "请先停止它，或用 JIUZHU_DATA_DIR=… 换一个文件夹。"
            ) from error
        lock.seek(0)
        lock.truncate()
        lock.write(str(os.getpid()))
        lock.flush()
        return lock

    def wipe(self) -> None:
        """Begin anew: delete all but the lock that the caller holds. `claim` has already refused what is not ours."""
        for entry in self.path.iterdir():
            if entry.name == LOCK:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    def prepare(self, *, with_temporal: bool) -> None:
        """Make what is missing in a new folder; raise StartTrouble where a finished one has lost a part."""
        if self.finished:
            self._expect_whole(with_temporal=with_temporal)
        else:
            self._mark("new")
        for folder in (self.mail, self.files, self.logs, self.run):
            folder.mkdir(mode=0o700, exist_ok=True)

    def finish(self) -> None:
        """From now on every part must be there: remember that the first start went through."""
        self._mark("ready")

    @property
    def finished(self) -> bool:
        """Whether a first start has gone through, so that the keys and the database belong together."""
        return self._stage() == "ready"

    def _refuse_strangers(self) -> None:
        if not self.path.exists():
            return
        if not self.path.is_dir():
            raise StartTrouble(f"{self.path} 是一个文件，不能用作数据文件夹。请换一个：JIUZHU_DATA_DIR=…")
        content = {entry.name for entry in self.path.iterdir()} - {LOCK}
        if content and MARKER not in content:
            raise StartTrouble(
                f"{self.path} 里已有别的内容，而没有本系统的标记文件 {MARKER}，因此不使用、也不清空它。"
                "请换一个文件夹：JIUZHU_DATA_DIR=…"
            )

    def _stage(self) -> str:
        if not self.marker.exists():
            return "new"
        try:
            content = json.loads(self.marker.read_text(encoding="utf-8"))
            stage, version = str(content["stage"]), int(content["format"])
        except (ValueError, KeyError, TypeError) as error:
            raise self.damaged(f"标记文件 {MARKER} 读不懂") from error
        if version != FORMAT:
            raise StartTrouble(f"数据文件夹 {self.path} 的格式是第 {version} 版，本程序只认第 {FORMAT} 版。")
        return stage

    def _mark(self, stage: str) -> None:
        draft = self.marker.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps({"format": FORMAT, "stage": stage}), encoding="utf-8")
        draft.replace(self.marker)

    def _expect_whole(self, *, with_temporal: bool) -> None:
        parts = [self.postgres / "PG_VERSION", self.postgres / "global" / "pg_control", self.keyring]
        if with_temporal:
            parts.append(self.temporal)
        lost = [str(part.relative_to(self.path)) for part in parts if not part.exists()]
        if lost:
            raise self.damaged("缺少 " + "、".join(lost))
        if with_temporal:
            with self.temporal.open("rb") as file:
                if file.read(len(SQLITE_HEADER)) != SQLITE_HEADER:
                    raise self.damaged(f"{self.temporal.name} 不是完好的数据库文件")

    def damaged(self, what: str) -> StartTrouble:
        """The words for a folder that cannot be used as it is."""
        return StartTrouble(
            f"数据文件夹 {self.path} 已损坏：{what}。"
            "请从备份恢复整个文件夹；如果其中的数据可以不要，用 jiuzhu up --fresh 重新开始。"
        )
