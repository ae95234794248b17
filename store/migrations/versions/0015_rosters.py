"""Rosters of those in force, taken in as a whole: how far each is, what it changed, and what was in force after it."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

OWN_TABLES = "in_scope(division) and department = current_setting('app.department')"
COUNTS = ("before", "added", "ended", "changed", "updated", "unchanged", "held", "known", "in_force")


def upgrade() -> None:
    op.create_table(
        "roster_load",
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False)
            for name in ("to_write", "written")
        ),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in COUNTS),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("roster_load_upload_id_fkey")),
        sa.PrimaryKeyConstraint("upload_id", name=op.f("roster_load_pkey")),
        sa.CheckConstraint(
            "in_force is null or in_force = before + added + known - ended", name=op.f("roster_load_in_force_check")
        ),
    )
    op.create_table(
        "roster_snapshot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("periods", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("roster_snapshot_upload_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("roster_snapshot_pkey")),
        sa.UniqueConstraint("upload_id", name=op.f("roster_snapshot_upload_id_key")),
    )
    op.create_index("roster_snapshot_of_idx", "roster_snapshot", ["division", "department", "taken_at"], unique=False)
    op.create_index("identity_period_source_idx", "identity_period", ["division", "source_department"], unique=False)
    op.create_index(
        "person_merged_into_idx",
        "person",
        ["merged_into"],
        unique=False,
        postgresql_where=sa.text("merged_into is not null"),
    )
    for table in ("roster_load", "roster_snapshot"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy migration on {table} to current_user using (true) with check (true)")
        op.execute(f"create policy worker on {table} to jiuzhu_worker using (true) with check (true)")
        op.execute(f"create policy api on {table} to jiuzhu_api using ({OWN_TABLES}) with check ({OWN_TABLES})")
        op.execute(f"grant select on {table} to jiuzhu_api")
    op.execute("grant select, insert, update on roster_load to jiuzhu_worker")
    op.execute("grant select, insert on roster_snapshot to jiuzhu_worker")


def downgrade() -> None:
    raise RuntimeError("what departments have shared is not thrown away; restore a backup instead")
