"""Uploads looked at before they are taken in, of several sheets, and corrected receipts that continue a batch."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

STATES = "'received', 'working', 'checked', 'done', 'refused', 'discarded'"
OWN_TABLES = "in_scope(division) and department = current_setting('app.department')"

SETTLING = """
create function settle_upload(looked_at uuid, verdict text, at timestamptz) returns text
  language sql volatile security definer set search_path = public, pg_temp as $$
  update upload set state = verdict, preview = (verdict = 'discarded'), progress = null,
                    finished_at = case when verdict = 'discarded' then at end,
                    confirmed_at = case when verdict = 'received' then at end
   where id = looked_at and state = 'checked' and verdict in ('received', 'discarded')
     and in_scope(division) and department = current_setting('app.department')
  returning state
$$;
comment on function settle_upload is 'All that the counter may change of an upload: one that was looked at is taken in or thrown away.';
"""


def upgrade() -> None:
    _upload()
    _rows()
    _forecast()


def _upload() -> None:
    op.add_column("upload", sa.Column("preview", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("upload", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("upload", sa.Column("progress", sa.Integer(), nullable=True))
    op.add_column("upload", sa.Column("sheets", sa.Integer(), nullable=True))
    op.add_column("upload", sa.Column("facts_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("upload", sa.Column("continues", sa.Uuid(), nullable=True))
    op.add_column("upload", sa.Column("batch_no", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.create_foreign_key(op.f("upload_continues_fkey"), "upload", "upload", ["continues"], ["id"])
    for name in ("upload_state_check", "upload_finished_check"):
        op.drop_constraint(op.f(name), "upload", type_="check")
    for name, condition in (
        ("upload_state_check", f"state in ({STATES})"),
        ("upload_finished_check", "(state in ('done', 'refused', 'discarded')) = (finished_at is not null)"),
        ("upload_only_a_preview_is_checked_check", "state not in ('checked', 'discarded') or preview"),
        ("upload_only_a_correction_continues_check", "batch_no = 1 or continues is not null"),
    ):
        op.create_check_constraint(op.f(name), "upload", condition)
    op.drop_index("upload_same_file_once", "upload")
    op.create_index(
        "upload_same_file_once",
        "upload",
        ["division", "department", "kind", "month", "sha256"],
        unique=True,
        postgresql_where=sa.text("state not in ('refused', 'discarded')"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_index("upload_continues_idx", "upload", ["continues"], postgresql_where=sa.text("continues is not null"))
    op.execute(SETTLING)


def _rows() -> None:
    """A file may have several sheets, so a row is known by its sheet and its number."""
    op.add_column("upload_row", sa.Column("sheet", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("upload_row", sa.Column("origin", sa.String(), nullable=True))
    op.drop_constraint(op.f("upload_row_pkey"), "upload_row", type_="primary")
    op.create_primary_key(op.f("upload_row_pkey"), "upload_row", ["upload_id", "sheet", "row_number"])


def _forecast() -> None:
    op.create_table(
        "upload_forecast",
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("fate", sa.String(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "fate in ('accepted', 'returned', 'duplicate') and fate <> 'accepted'",
            name=op.f("upload_forecast_fate_check"),
        ),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("upload_forecast_upload_id_fkey")),
        sa.PrimaryKeyConstraint("upload_id", "sheet", "row_number", name=op.f("upload_forecast_pkey")),
    )
    op.execute("alter table upload_forecast enable row level security")
    op.execute("alter table upload_forecast force row level security")
    op.execute("create policy migration on upload_forecast to current_user using (true) with check (true)")
    op.execute("create policy worker on upload_forecast to jiuzhu_worker using (true) with check (true)")
    op.execute(f"create policy api on upload_forecast to jiuzhu_api using ({OWN_TABLES}) with check ({OWN_TABLES})")
    op.execute("grant select, insert on upload_forecast to jiuzhu_worker")
    op.execute("grant select on upload_forecast to jiuzhu_api")


def downgrade() -> None:
    raise RuntimeError("what departments have shared is not thrown away; restore a backup instead")
