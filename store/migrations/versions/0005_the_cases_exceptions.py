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


def upgrade() -> None:
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
    op.create_index("remedy_open_once", "remedy", ["refusal_id"], unique=True, postgresql_where=sa.text("result is null"))
    op.create_index(op.f("remedy_application_id_idx"), "remedy", ["application_id"], unique=False)
    _wall("remedy")
    for table, condition in POLICIES.items():
        op.execute(f"drop policy api on {table}")
        op.execute(f"create policy api on {table} to jiuzhu_api using ({condition}) with check ({condition})")
    op.execute("drop policy api on timeline")
    own = "in_scope(division) and (handles_cases() or exists " + (
        f"(select 1 from task t where t.subject_id = timeline.subject_id and {CONCERNED}))"
    )
    op.execute(f"create policy api on timeline to jiuzhu_api using ({ABOUT_A_CASE_IN_SCOPE}) with check ({own})")
    op.execute("grant insert, update on remedy to jiuzhu_api")
    op.execute("grant update on publicity to jiuzhu_api")


def downgrade() -> None:
    raise RuntimeError("a case that was reopened or moved cannot be put back; restore a backup instead")


def _wall(table: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy migration on {table} to current_user using (true) with check (true)")
    op.execute(f"create policy worker on {table} to jiuzhu_worker using (true) with check (true)")
    op.execute(f"grant select, insert, update on {table} to jiuzhu_worker")
    condition = "in_scope(division) and handles_cases()"
    op.execute(f"create policy api on {table} to jiuzhu_api using ({condition}) with check ({condition})")
    op.execute(f"grant select on {table} to jiuzhu_api")
