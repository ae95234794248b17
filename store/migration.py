"""Brings a database to today's shape and loads the shipped baseline. Safe to run again: it adds, and overwrites nothing."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from pwdlib import PasswordHash
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.dialects.postgresql import insert

from policy.deadlines import SHANGHAI
from policy.organisations import office_on
from store import demonstration
from store.accounts import AccountRow
from store.base import Base
from store.packs import PackData, law_of, load_packs, shipped
from store.reference import CalendarRow, ClauseRow, DivisionRow, DocumentRow, ParameterRow
from store.rulebook import Law

ROLES = ("jiuzhu_api", "jiuzhu_worker", "jiuzhu_relay")


def migrate(
    url: str,
    *,
    at: datetime,
    demo: bool,
    up: bool = False,
    role_password: str | None = None,
    progress: Callable[[str], None] = lambda _line: None,
) -> None:
    """Roles, schema, packs, divisions, calendars and, with `demo`, the demonstration overlay and accounts.

    `url` names a role that may create roles and tables; `at` is the moment written beside what is loaded. `up` adds the
    overlay's entries for today. `role_password` is set on the roles where the server asks for one.
    """
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.begin() as connection:
            progress("数据库角色和表结构")
            _ensure_roles(connection, role_password)
            upgrade(connection)
        with engine.begin() as connection:
            progress("文件、条款、参数、日历和行政区划")
            packs = load_packs(shipped(), demo=demo, up=up)
            _load(connection, packs, at)
            if demo:
                progress("演示账号")
                _load_accounts(connection, law_of(packs), at.astimezone(SHANGHAI).date())
    finally:
        engine.dispose()


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Runs the numbered migrations on the connection, inside its transaction."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _ensure_roles(connection: Connection, password: str | None) -> None:
    for role in ROLES:
        exists = connection.scalar(text("select 1 from pg_roles where rolname = :role"), {"role": role})
        if not exists:
            connection.execute(text(f"create role {role} login nosuperuser nobypassrls nocreatedb nocreaterole"))
        if password is not None:
            quoted = connection.scalar(text("select quote_literal(:password)"), {"password": password})
            connection.execute(text(f"alter role {role} password {quoted}"))


def _load(connection: Connection, packs: PackData, at: datetime) -> None:
    _add(
        connection,
        DivisionRow,
        (
            {
                "code": row.code,
                "name": row.name,
                "level": row.level,
                "parent": row.parent,
                "valid_from": row.valid_from,
                "valid_to": row.valid_to,
                "source": row.source,
            }
            for row in packs.divisions()
        ),
    )
    _add(connection, DocumentRow, ({**vars(document)} for document in packs.documents))
    _add(
        connection,
        ClauseRow,
        (
            {"id": c.id, "document_id": c.document, "section": c.section, "title": c.title, "text": c.text}
            for c in packs.clauses
        ),
    )
    _add(
        connection,
        ParameterRow,
        (
            {**vars(parameter), "basis": parameter.basis.value, "source": "pack", "entered_by": None, "entered_at": at}
            for parameter in packs.parameters
        ),
    )
    _add(
        connection,
        CalendarRow,
        (
            {
                "division": division,
                "year": year.year,
                "version": year.version,
                "status": year.status.value,
                "source": year.source,
                "rest": {day.isoformat(): name for day, name in year.rest.items()},
                "make_up": {day.isoformat(): name for day, name in year.make_up.items()},
                "loaded_at": at,
            }
            for division, year in packs.calendars
        ),
    )


def _load_accounts(connection: Connection, law: Law, today: date) -> None:
    """Those that are not there yet: a later release may have added some. One that was changed here stays as it is."""
    known = {row.username for row in connection.execute(text("select username from account where demonstration"))}
    missing = [account for account in demonstration.demo_accounts() if account.username not in known]
    if not missing:
        return
    hashed = PasswordHash.recommended().hash(demonstration.PASSWORD)
    names = {row.code: row.name for row in connection.execute(text("select code, name from division"))}
    _add(
        connection,
        AccountRow,
        (
            {
                "username": account.username,
                "name": office_on(
                    law.rulebook(account.division, today), names[account.division], account.department, today
                )
                + account.role.label
                + ("二" if account.username.partition("@")[0].endswith("2") else ""),
                "level": account.level.value,
                "department": account.department.value,
                "role": account.role.value,
                "division": account.division,
                "password_hash": hashed,
                "email": account.email,
                "active": True,
                "demonstration": True,
            }
            for account in missing
        ),
    )


def _add(connection: Connection, table: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    """Inserts what is not there yet by its natural key; what was loaded or approved before stays as it is."""
    values = list(rows)
    if values:
        connection.execute(insert(table).on_conflict_do_nothing(), values)
