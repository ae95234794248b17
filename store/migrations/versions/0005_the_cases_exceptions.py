"""What happens to real cases beside the main path: reopened, moved, merged, objected to, appealed, paused."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CONCERNED = "t.department = current_setting('app.department')"
"""A department that has been asked about a case sees that case: the civil affairs that check an identity, for one."""

POLICIES = {
    "task": "in_scope(division) and (handles_cases() or department = current_setting('app.department'))",
    "application": (
        "in_scope(division) and (handles_cases() or exists "
        f"(select 1 from task t where t.subject_id = application.id and {CONCERNED}))"
    ),
    "period": (
        "in_scope(division) and (handles_cases() or exists "
        f"(select 1 from task t where t.period_id = period.id and {CONCERNED}))"
    ),
}

ABOUT_A_CASE_IN_SCOPE = (
    "in_scope(division) and (handles_cases() or exists "
    f"(select 1 from task t where t.subject_id = timeline.subject_id and {CONCERNED})) "
    "or handles_cases() and exists (select 1 from application a where a.id = timeline.subject_id and in_scope(a.division))"
)
"""Entries are never rewritten: where a case has moved, its new office reads what was entered at the old one."""

FUNCTIONS = """
create or replace function person_known(wanted bytea) returns uuid language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(merged_into, id) from person where id_index = wanted
$$;
comment on function person_known is 'One row per ID number in the whole province, also where the caller may not see it; of a number '
  'that turned out to be wrong, the person whom it was about.';

create function settlement_used(person uuid, settlement bytea, but uuid) returns boolean
  language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select 1 from application a where a.settlement_index = settlement and a.id is distinct from but
                  and (a.status not in ('withdrawn', 'rejected', 'lapsed')
                       or exists (select 1 from task t where t.subject_id = a.id and t.kind = 'remedy_result'
                                   and t.outcome = 'reopened' and t.acknowledged_at is null))
                  and (a.person_id = person
                       or a.household_id = (select p.household_id from person p where p.id = person)))
$$;
comment on function settlement_used(uuid, bytea, uuid) is 'One bill is aided once, also when another member of the household '
  'hands it in (B-21). The application `but` is left out: the one that is being corrected.';

create or replace function settlement_used(person uuid, settlement bytea) returns boolean
  language sql stable security definer set search_path = public, pg_temp as $$
  select settlement_used(person, settlement, null)
$$;

create function cases_elsewhere(person uuid) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select 1 from application a where a.person_id = person and not in_scope(a.division))
$$;
comment on function cases_elsewhere is 'Whether somebody has cases that the caller may not see: nothing about them is said.';
"""


def upgrade() -> None:
    _check_made_afresh()
    op.add_column("application", sa.Column("resume_at", sa.String(), nullable=False))
    op.add_column("application", sa.Column("reopened_on", sa.Date(), nullable=True))
    op.add_column("application", sa.Column("moving_to", sa.String(), nullable=True))
    op.add_column("application", sa.Column("deceased_on", sa.Date(), nullable=True))
    op.add_column("application", sa.Column("direct", sa.Boolean(), nullable=False))
    op.add_column("person", sa.Column("merged_into", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("person_merged_into_fkey"), "person", "person", ["merged_into"], ["id"])
    op.add_column("task", sa.Column("recalled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("period", sa.Column("pauses", postgresql.JSONB(astext_type=sa.Text()), nullable=False))
    op.add_column("period", sa.Column("extended_by", sa.Integer(), nullable=False))
    op.add_column("period", sa.Column("fixed_on", sa.Date(), nullable=True))
    op.add_column("refusal", sa.Column("number_division", sa.String(), nullable=True))
    op.execute("update refusal set number_division = division where number_serial is not null")
    op.drop_constraint(op.f("refusal_division_number_year_number_serial_key"), "refusal", type_="unique")
    op.create_unique_constraint(
        op.f("refusal_number_division_number_year_number_serial_key"),
        "refusal",
        ["number_division", "number_year", "number_serial"],
    )
    op.create_table(
        "remedy",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("refusal_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("typed_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("result_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind in ('reconsideration', 'suit')", name=op.f("remedy_kind_check")),
        sa.CheckConstraint("(result is null) = (result_on is null)", name=op.f("remedy_result_has_day_check")),
        sa.ForeignKeyConstraint(["refusal_id"], ["refusal.id"], name=op.f("remedy_refusal_id_fkey")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("remedy_application_id_fkey")),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("remedy_entered_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("remedy_pkey")),
    )
    op.create_index(
        "remedy_open_once", "remedy", ["refusal_id"], unique=True, postgresql_where=sa.text("result is null")
    )
    op.create_index(op.f("remedy_application_id_idx"), "remedy", ["application_id"], unique=False)
    _wall("remedy")
    op.create_table(
        "case_act",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("subject_type", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("acted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acted_by", sa.Uuid(), nullable=False),
        sa.Column("codes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("typed_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("subject_type in ('application', 'person')", name=op.f("case_act_subject_type_check")),
        sa.ForeignKeyConstraint(["acted_by"], ["account.id"], name=op.f("case_act_acted_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("case_act_pkey")),
    )
    op.create_index("case_act_subject_idx", "case_act", ["subject_id", "id"], unique=False)
    _wall("case_act")
    for table, condition in POLICIES.items():
        op.execute(f"drop policy api on {table}")
        op.execute(f"create policy api on {table} to jiuzhu_api using ({condition}) with check ({condition})")
    op.execute("drop policy api on timeline")
    own = "in_scope(division) and (handles_cases() or exists " + (
        f"(select 1 from task t where t.subject_id = timeline.subject_id and {CONCERNED}))"
    )
    op.execute(f"create policy api on timeline to jiuzhu_api using ({ABOUT_A_CASE_IN_SCOPE}) with check ({own})")
    op.execute("grant insert, update on remedy to jiuzhu_api")
    op.execute("grant insert on case_act to jiuzhu_api")
    op.execute("grant update (status) on refusal to jiuzhu_api")
    op.execute(FUNCTIONS)
    op.execute("grant update on publicity to jiuzhu_api")


def downgrade() -> None:
    raise RuntimeError("a case that was reopened or moved cannot be put back; restore a backup instead")


def _check_made_afresh() -> None:
    """Before v0.2 tables were changed where they were declared (architecture, decision 12): older folders are not upgraded."""
    columns = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("application")}
    if "opening" not in columns:
        raise RuntimeError("数据文件夹由 v0.2 以前的版本建立，不能升级；请用 make fresh 重新建立")


def _wall(table: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy migration on {table} to current_user using (true) with check (true)")
    op.execute(f"create policy worker on {table} to jiuzhu_worker using (true) with check (true)")
    op.execute(f"grant select, insert, update on {table} to jiuzhu_worker")
    condition = "in_scope(division) and handles_cases()"
    op.execute(f"create policy api on {table} to jiuzhu_api using ({condition}) with check ({condition})")
    op.execute(f"grant select on {table} to jiuzhu_api")
