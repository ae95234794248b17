"""The bare baseline: what an answer costs where nothing is checked, counted, sealed, walled or waited for.

One FastAPI endpoint, one connection, one SQLAlchemy transaction of the writes that the counter does: the session row is
looked up, the task row locked and updated, the application updated, a timeline entry and an outbox row inserted, the
listener called, committed. Core statements, no mapped classes: nothing here is slower than its libraries make it.

python -m bench.bare DSN PORT [ROWS]    makes its tables in an empty database, fills them, serves
"""

import hashlib
import sys
import uuid
from datetime import UTC, date, datetime
from typing import Annotated, Any

import uvicorn
from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel
from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    create_engine,
    func,
    insert,
    select,
    update,
)
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import create_async_engine

TOKEN = "bare-baseline"
metadata = MetaData()
account = Table("account", metadata, Column("id", UuidType, primary_key=True), Column("username", Text, unique=True))
session = Table(
    "session",
    metadata,
    Column("id", UuidType, primary_key=True),
    Column("token_hash", LargeBinary, unique=True),
    Column("account_id", UuidType),
    Column("seen_at", DateTime(timezone=True)),
    Column("expires_at", DateTime(timezone=True)),
)
application = Table(
    "application",
    metadata,
    Column("id", UuidType, primary_key=True),
    Column("number", Text, unique=True),
    Column("division", Text),
    Column("status", Text),
    Column("last_act_on", Date),
)
task = Table(
    "task",
    metadata,
    Column("id", UuidType, primary_key=True),
    Column("subject_id", UuidType),
    Column("workflow_id", Text),
    Column("kind", Text),
    Column("state", Text),
    Column("outcome", Text),
    Column("done_on", Date),
    Column("answered_at", DateTime(timezone=True)),
    Column("answered_by", UuidType),
    Column("answer", LargeBinary),
)
timeline = Table(
    "timeline",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("subject_id", UuidType),
    Column("division", Text),
    Column("at", DateTime(timezone=True)),
    Column("day", Date),
    Column("tag", Text),
    Column("actor", Text),
    Column("codes", JSONB),
    Index("timeline_subject_idx", "subject_id", "id"),
)
outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("workflow_id", Text),
    Column("argument", JSONB),
    Column("subject_id", UuidType),
    Column("created_at", DateTime(timezone=True)),
    Column("state", Text),
    Column("attempts", Integer),
)


class Answer(BaseModel):
    outcome: str
    fields: dict[str, Any] = {}
    comment: str | None = None
    done_on: date | None = None
    paper_reason: str | None = None


def create_app(dsn: str) -> FastAPI:
    engine = create_async_engine(dsn)
    app = FastAPI()

    @app.post("/tasks/{task_id}/answer")
    async def answer(task_id: uuid.UUID, body: Answer, authorization: Annotated[str, Header()]) -> dict[str, Any]:
        now = datetime.now(UTC)
        token = hashlib.sha256(authorization.removeprefix("Bearer ").encode()).digest()
        async with engine.begin() as connection:
            who = (
                await connection.execute(
                    select(session.c.expires_at, account.c.id, account.c.username)
                    .join(account, account.c.id == session.c.account_id)
                    .where(session.c.token_hash == token)
                )
            ).one_or_none()
            if who is None or who.expires_at <= now:
                raise HTTPException(401)
            row = (await connection.execute(select(task).where(task.c.id == task_id).with_for_update())).one_or_none()
            if row is None:
                raise HTTPException(404)
            if row.state != "open":
                raise HTTPException(409)
            day = body.done_on or now.date()
            await connection.execute(
                update(task)
                .where(task.c.id == task_id)
                .values(
                    state="answered",
                    outcome=body.outcome,
                    done_on=day,
                    answered_at=now,
                    answered_by=who.id,
                    answer=body.model_dump_json().encode(),
                )
            )
            await connection.execute(
                update(application).where(application.c.id == row.subject_id).values(last_act_on=day)
            )
            await connection.execute(
                insert(timeline).values(
                    subject_id=row.subject_id,
                    division="140522100",
                    at=now,
                    day=day,
                    tag=f"counter:{row.kind}:{body.outcome}",
                    actor=who.username,
                    codes={"task": str(task_id), "outcome": body.outcome},
                )
            )
            woken = (
                insert(outbox)
                .values(
                    workflow_id=row.workflow_id,
                    argument={"application_id": str(row.subject_id)},
                    subject_id=row.subject_id,
                    created_at=now,
                    state="pending",
                    attempts=0,
                )
                .returning(outbox.c.id)
                .cte("row")
            )
            await connection.execute(select(func.pg_notify("bare_outbox", "")).select_from(woken))
        return {"task": str(task_id), "settled": False, "subject": {"id": str(row.subject_id)}, "next": []}

    return app


def fill(dsn: str, rows: int) -> None:
    """Tables with one signed-in account and `rows` open tasks, numbered from 1."""
    engine, now = create_engine(dsn), datetime.now(UTC)
    who = uuid.UUID(int=0)
    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.execute(insert(account), [{"id": who, "username": "bare"}])
        token = hashlib.sha256(TOKEN.encode()).digest()
        expires = now.replace(year=now.year + 1, day=1)
        connection.execute(
            insert(session),
            [{"id": who, "token_hash": token, "account_id": who, "seen_at": now, "expires_at": expires}],
        )
        ids = [uuid.UUID(int=number) for number in range(1, rows + 1)]
        cases = [{"id": one, "number": str(one), "division": "140522100", "status": "survey"} for one in ids]
        connection.execute(insert(application), cases)
        open_task = {"kind": "survey", "state": "open"}
        connection.execute(
            insert(task),
            [{"id": one, "subject_id": one, "workflow_id": f"application/{one}", **open_task} for one in ids],
        )
    engine.dispose()


if __name__ == "__main__":
    fill(sys.argv[1], int(sys.argv[3]) if len(sys.argv) > 3 else 2000)
    uvicorn.run(create_app(sys.argv[1]), port=int(sys.argv[2]), log_config=None, access_log=False, server_header=False)
