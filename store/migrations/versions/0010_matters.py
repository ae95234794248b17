"""Matters: the runs of the exchange's procedures, and periods that end on a fixed date of a month."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SEEN = "in_scope(division) and current_setting('app.department') = any (departments)"
OF_A_MATTER = "exists (select 1 from matter m where m.id = {table}.subject_id)"
"""Whoever takes part in a matter sees its tasks, dates and entries, whichever office they are for."""


def upgrade() -> None:
    op.create_table(
        "matter",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("procedure", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=True),
        sa.Column("departments", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("month", sa.Date(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_act_on", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["matter.id"], name=op.f("matter_parent_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("matter_pkey")),
        sa.UniqueConstraint("procedure", "key", name=op.f("matter_procedure_key_key")),
    )
    op.create_index("matter_month_idx", "matter", ["month", "procedure", "division"], unique=False)
    op.create_index("matter_division_idx", "matter", ["division", "procedure", "id"], unique=False)
    op.create_index(op.f("matter_parent_id_idx"), "matter", ["parent_id"], unique=False)
    op.execute("alter table matter enable row level security")
    op.execute("alter table matter force row level security")
    op.execute("create policy migration on matter to current_user using (true) with check (true)")
    for role in ("worker", "relay"):
        op.execute(f"create policy {role} on matter to jiuzhu_{role} using (true) with check (true)")
        op.execute(f"grant select, insert, update on matter to jiuzhu_{role}")
    op.execute(f"create policy api on matter to jiuzhu_api using ({SEEN}) with check ({SEEN})")
    op.execute("grant select, insert, update on matter to jiuzhu_api")
    for table in ("task", "period", "timeline"):
        seen = OF_A_MATTER.format(table=table)
        op.execute(f"create policy api_matter on {table} to jiuzhu_api using ({seen}) with check ({seen})")
    op.add_column("period", sa.Column("month", sa.Date(), nullable=True))


def downgrade() -> None:
    raise RuntimeError("what departments have shared is not thrown away; restore a backup instead")
