"""Lists of dynamic adjustment with their rows, and the rows that went back to the department they came from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

HERE = "division = current_setting('app.scope')"
"""Rows about persons: in the county itself, never from above it."""
SOURCE_OR_BUREAU = "current_setting('app.department') in (department, 'medical_insurance')"
AS_PROVIDED = "current_setting('app.department') in (department, 'medical_insurance', 'finance')"
WALLS = {
    "adjustment": f"in_scope(division) and {AS_PROVIDED}",
    "adjustment_row": f"{HERE} and {AS_PROVIDED}",
    "anomaly": f"{HERE} and {SOURCE_OR_BUREAU}",
}


def upgrade() -> None:
    _adjustment()
    _adjustment_row()
    _anomaly()
    for table, condition in WALLS.items():
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy migration on {table} to current_user using (true) with check (true)")
        op.execute(f"create policy worker on {table} to jiuzhu_worker using (true) with check (true)")
        op.execute(f"create policy api on {table} to jiuzhu_api using ({condition}) with check ({condition})")
        op.execute(f"grant select, insert, update on {table} to jiuzhu_worker")
        op.execute(f"grant select on {table} to jiuzhu_api")
    op.execute("grant insert on adjustment to jiuzhu_api")
    op.execute("grant update on anomaly to jiuzhu_api")


def _adjustment() -> None:
    op.create_table(
        "adjustment",
        sa.Column("matter_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("adjusted_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("list_on", sa.Date(), nullable=True),
        sa.Column("certificate_on", sa.Date(), nullable=True),
        sa.Column("certificate_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("households_added", sa.Integer(), nullable=True),
        sa.Column("persons_added", sa.Integer(), nullable=True),
        sa.Column("households_removed", sa.Integer(), nullable=True),
        sa.Column("persons_removed", sa.Integer(), nullable=True),
        sa.Column("provided_on", sa.Date(), nullable=True),
        sa.Column("provided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("carrier", sa.String(), nullable=True),
        sa.Column("upload_id", sa.Uuid(), nullable=True),
        sa.Column("days_late", sa.Integer(), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(provided_on is null) = (upload_id is null)", name=op.f("adjustment_provided_by_an_upload_check")
        ),
        sa.CheckConstraint(
            "provided_on is null or certificate_on is not null",
            name=op.f("adjustment_provided_with_a_certificate_check"),
        ),
        sa.CheckConstraint(
            "list_on is null or list_on = certificate_on",
            name=op.f("adjustment_list_and_certificate_of_one_day_check"),
        ),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("adjustment_matter_id_fkey")),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("adjustment_upload_id_fkey")),
        sa.PrimaryKeyConstraint("matter_id", name=op.f("adjustment_pkey")),
        sa.UniqueConstraint(
            *("division", "department", "category", "period", "batch"),
            name=op.f("adjustment_division_department_category_period_batch_key"),
        ),
        sa.UniqueConstraint("upload_id", name=op.f("adjustment_upload_id_key")),
    )
    op.create_index("adjustment_waiting_idx", "adjustment", ["division", "department", "category"], unique=False)


def _adjustment_row() -> None:
    op.create_table(
        "adjustment_row",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("matter_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("id_index", sa.LargeBinary(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("change", sa.String(), nullable=True),
        sa.Column("fate", sa.String(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("provided_on", sa.Date(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("fate in ('accepted', 'returned', 'duplicate')", name=op.f("adjustment_row_fate_check")),
        sa.CheckConstraint(
            "(fate = 'accepted') = (marked_at is not null)", name=op.f("adjustment_row_accepted_is_marked_check")
        ),
        sa.CheckConstraint(
            "fate <> 'accepted' or (person_id is not null and effective_on is not null)",
            name=op.f("adjustment_row_marked_whom_check"),
        ),
        sa.ForeignKeyConstraint(["matter_id"], ["adjustment.matter_id"], name=op.f("adjustment_row_matter_id_fkey")),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("adjustment_row_upload_id_fkey")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("adjustment_row_person_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("adjustment_row_pkey")),
        sa.UniqueConstraint(
            *("upload_id", "sheet", "row_number"), name=op.f("adjustment_row_upload_id_sheet_row_number_key")
        ),
    )
    op.create_index("adjustment_row_person_idx", "adjustment_row", ["matter_id", "id_index"], unique=False)


def _anomaly() -> None:
    op.create_table(
        "anomaly",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("matter_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=True),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("provided_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rechecked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('returned', 'corrected', 'confirmed_true', 'closed', 'withdrawn')",
            name=op.f("anomaly_state_check"),
        ),
        sa.CheckConstraint(
            "(state in ('closed', 'withdrawn')) = (settled_at is not null)", name=op.f("anomaly_settled_check")
        ),
        sa.CheckConstraint("reasons <> '[]'", name=op.f("anomaly_returned_for_a_reason_check")),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("anomaly_matter_id_fkey")),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("anomaly_upload_id_fkey")),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("anomaly_answered_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("anomaly_pkey")),
        sa.UniqueConstraint("matter_id", "place", name=op.f("anomaly_matter_id_place_key")),
    )
    op.create_index(
        "anomaly_open_idx", "anomaly", ["matter_id"], unique=False, postgresql_where=sa.text("settled_at is null")
    )


def downgrade() -> None:
    raise RuntimeError("what departments have shared is not thrown away; restore a backup instead")
