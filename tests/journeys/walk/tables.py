"""What a walk looks up in the tables, and when everything in them has come to rest."""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import psycopg

from tests.faults.promises_of_cases import EARLIEST, broken

PATIENCE = 20.0
PAUSE = 0.02
UNDER_WAY = """
    select exists (select 1 from outbox where subject_id > %(since)s and state = 'pending')
        or exists (select 1 from task where subject_id > %(since)s and state = 'answered' and acknowledged_at is null)
        or exists (select 1 from application where id > %(since)s and moving_to is not null)"""


@dataclass(frozen=True)
class Open:
    """An open task, and from when on it may be answered how."""

    id: str
    kind: str
    office: str
    holder: str
    not_before: date | None
    late_after: date | None
    key: str | None


@dataclass(frozen=True)
class Standing:
    """A case: what a refused request must leave as it is."""

    status: str
    division: str
    last_act_on: date
    amount: str | None
    tasks: frozenset[tuple[str, Any]]

    def is_still(self, before: "Standing") -> bool:
        """Nothing is otherwise than before; a question asked beside the case may only now have been put."""
        return replace(self, tasks=before.tasks) == before and before.tasks <= self.tasks


class Tables:
    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        self.since: uuid.UUID = EARLIEST

    def close(self) -> None:
        self._connection.close()

    def begin(self) -> None:
        """Promises are asked of what is filed from here on."""
        newest = self._connection.execute("select max(id::text)::uuid from application").fetchone()
        self.since = (newest[0] if newest else None) or EARLIEST

    def standing(self, case: str) -> Standing:
        row = self._row("select status, division, last_act_on from application where id = %s", case)
        amount = self._row("select max(amount)::text from decision where application_id = %s and final", case)
        tasks = self._rows(
            "select id::text, assignee from task where subject_id = %s and state = 'open' order by 1", case
        )
        status, division, last_act_on = row
        return Standing(status, division, last_act_on, amount[0], frozenset(tasks))

    def open_tasks(self, case: str) -> Sequence[Open]:
        rows = self._rows(
            """select t.id::text, t.kind, t.office,
                      concat(t.level, '.', t.department, '.', t.role, '@', t.office), t.not_before, p.late_after,
                      t.detail->>'key'
                 from task t join period p on p.id = t.period_id
                where t.subject_id = %s and t.state = 'open' order by t.opened_at, t.id""",
            case,
        )
        return [Open(*row) for row in rows]

    def newest_answer(self, case: str) -> tuple[str, str] | None:
        """The task last answered, and who answered it."""
        rows = self._rows(
            """select t.id::text, a.username from task t join account a on a.id = t.answered_by
                where t.subject_id = %s and t.state = 'answered' order by t.answered_at desc, t.id desc limit 1""",
            case,
        )
        return rows[0] if rows else None

    def comes_to_rest(self, now: datetime) -> dict[str, list[tuple[Any, ...]]]:
        """Waits until nothing is under way and every promise is kept; what is broken then is broken."""
        until = time.monotonic() + PATIENCE
        while True:
            moving = self._row(UNDER_WAY.encode(), {"since": self.since})[0]
            found = {} if moving else broken(self._connection, self.since, now)
            if not moving and (not found or not any(name.startswith("I3") for name in found)):
                return found
            if time.monotonic() > until:
                return found or {"I3 everything comes to rest": [("still under way",)]}
            time.sleep(PAUSE)

    def _row(self, query: str | bytes, asked: Any) -> tuple[Any, ...]:
        found = self._rows(query, asked)
        assert found, query
        return found[0]

    def _rows(self, query: str | bytes, asked: Any) -> list[tuple[Any, ...]]:
        sent = query.encode() if isinstance(query, str) else query
        return self._connection.execute(sent, asked if isinstance(asked, dict) else (asked,)).fetchall()
