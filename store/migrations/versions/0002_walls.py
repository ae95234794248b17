"""Row-level security: what each database role may see and do, forced for all but migration."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LAW = ("division", "document", "clause", "parameter", "calendar_year")
CASE = (
    "application",
    "application_paper",
    "publicity",
    "refusal",
    "task",
    "period",
    "rung",
    "timeline",
    "decision",
    "payment",
    "ledger",
    "file",
)
OFFICE = ("account", "session", "idempotency", "heartbeat", "serial", "outbox")
APPEND_ONLY = ("timeline", "ledger", "access_log", "rung")
EVERY = (*LAW, *CASE, *OFFICE, "person", "household", "access_log", "notice")

FUNCTIONS = """
create function in_scope(division text) returns boolean language sql stable as $$
  select division collate "C" >= nullif(current_setting('app.scope'), '')
     and division collate "C" < nullif(current_setting('app.scope'), '') || ':'
$$;
comment on function in_scope is 'Unset: an error. Empty, as after a commit: no row at all.';

create function handles_cases() returns boolean language sql stable as $$
  select current_setting('app.department') in ('township_government', 'medical_insurance', 'finance')
$$;

create function person_known(wanted bytea) returns uuid language sql stable security definer set search_path = public, pg_temp as $$
  select id from person where id_index = wanted
$$;
comment on function person_known is 'One row per ID number in the whole province, also where the caller may not see it.';

create function settlement_used(person uuid, settlement bytea) returns boolean
  language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select 1 from application a where a.person_id = person and a.settlement_index = settlement
                  and a.status not in ('withdrawn', 'rejected', 'lapsed'))
$$;

create function aid_in_year(person uuid, year integer, but uuid) returns table (paid numeric, base numeric)
  language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(sum(d.amount) filter (where d.final), 0), coalesce(sum(d.base), 0)
    from application a
    join lateral (select * from decision where application_id = a.id order by final desc, id desc limit 1) d on true
    left join refusal r on r.application_id = a.id and r.opening = a.opening
   where a.person_id = person and a.id <> but and extract(year from d.as_of) = year
     and (d.final or 'A-17' = any (r.provisions))
$$;
comment on function aid_in_year is 'A cap and a deductible hold over the year in the whole province: sums only, no case is shown. What was refused '
  'because it lay below the deductible (A-17) has used that much of it up.';
"""

API_GRANTS = {
    "select": (*LAW, *CASE, *OFFICE, "person", "household", "access_log", "notice"),
    "insert": (
        "parameter",
        "application",
        "application_paper",
        "decision",
        "task",
        "timeline",
        "file",
        "person",
        "household",
        "access_log",
        "session",
        "idempotency",
        "serial",
        "outbox",
    ),
    "update": (
        "application",
        "application_paper",
        "task",
        "period",
        "file",
        "person",
        "session",
        "idempotency",
        "serial",
    ),
    "delete": ("session", "idempotency"),
}
RELAY_GRANTS = {
    "select": ("outbox", "task", "application", "heartbeat"),
    "insert": ("outbox", "heartbeat"),
    "update": ("outbox", "heartbeat"),
}


def upgrade() -> None:
    op.execute(FUNCTIONS)
    op.execute("grant usage on schema public to jiuzhu_api, jiuzhu_worker, jiuzhu_relay")
    op.execute("grant usage on all sequences in schema public to jiuzhu_api, jiuzhu_worker, jiuzhu_relay")
    for table in EVERY:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy migration on {table} to current_user using (true) with check (true)")
        op.execute(f"create policy worker on {table} to jiuzhu_worker using (true) with check (true)")
        writes = "select, insert" if table in APPEND_ONLY else "select, insert, update"
        op.execute(f"grant {writes} on {table} to jiuzhu_worker")
    for table in CASE:
        _api_policy(table, "in_scope(division) and handles_cases()")
    for table in (*LAW, *OFFICE):
        _api_policy(table, "true")
    _api_policy("notice", "in_scope(division) and handles_cases()")
    _api_policy("access_log", "in_scope(division)")
    for table in ("person", "household"):
        column = "person_id" if table == "person" else "household_id"
        seen = f"exists (select 1 from application a where a.{column} = {table}.id)"
        _api_policy(table, f"handles_cases() and (in_scope(division) or {seen})")
    _grant("jiuzhu_api", API_GRANTS)
    op.execute("grant update (final) on decision to jiuzhu_api")  # the one thing about a decision that changes
    _grant("jiuzhu_relay", RELAY_GRANTS)
    for table in RELAY_GRANTS["select"]:
        op.execute(f"create policy relay on {table} to jiuzhu_relay using (true) with check (true)")


def downgrade() -> None:
    raise RuntimeError("the walls are not taken down; restore a backup instead")


def _api_policy(table: str, condition: str) -> None:
    op.execute(f"create policy api on {table} to jiuzhu_api using ({condition}) with check ({condition})")


def _grant(role: str, grants: dict[str, tuple[str, ...]]) -> None:
    for privilege, tables in grants.items():
        op.execute(f"grant {privilege} on {', '.join(tables)} to {role}")
