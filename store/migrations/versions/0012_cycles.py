"""Sharings: what a county's departments sent each other in a month, and who confirmed it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TAKES_PART = "in_scope(division) and current_setting('app.department') <> 'township_government'"
"""Counts by category, without a person: every department of the county, and above it, sees who shared what."""

EITHER_SIDE = "in_scope(division) and current_setting('app.department') in (partner, 'medical_insurance')"
"""Who provides a batch, confirms or corrects it."""


def upgrade() -> None:
    op.create_table(
        "sharing",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("partner", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=True),
        sa.Column("upload_id", sa.Uuid(), nullable=True),
        sa.Column("origin_id", sa.Uuid(), nullable=True),
        sa.Column("rows_shared", sa.Integer(), nullable=False),
        sa.Column("person_times", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("zero", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asks_receipt", sa.Boolean(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("provided_on", sa.Date(), nullable=False),
        sa.Column("provided_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.Uuid(), nullable=True),
        sa.Column("reconciled_on", sa.Date(), nullable=True),
        sa.Column("reconciled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disputed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("direction in ('in', 'out')", name=op.f("sharing_direction_check")),
        sa.CheckConstraint(
            "state in ('sent', 'reconciled', 'disputed', 'withdrawn')", name=op.f("sharing_state_check")
        ),
        sa.CheckConstraint(
            "(state = 'reconciled') = (reconciled_at is not null)", name=op.f("sharing_reconciled_check")
        ),
        sa.CheckConstraint("not zero or rows_shared = 0", name=op.f("sharing_zero_is_empty_check")),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("sharing_upload_id_fkey")),
        sa.ForeignKeyConstraint(["origin_id"], ["matter.id"], name=op.f("sharing_origin_id_fkey")),
        sa.ForeignKeyConstraint(["provided_by"], ["account.id"], name=op.f("sharing_provided_by_fkey")),
        sa.ForeignKeyConstraint(["received_by"], ["account.id"], name=op.f("sharing_received_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("sharing_pkey")),
        sa.UniqueConstraint("source", "direction", "partner", name=op.f("sharing_source_direction_partner_key")),
    )
    op.create_index("sharing_month_idx", "sharing", ["month", "division"], unique=False)
    op.execute("alter table sharing enable row level security")
    op.execute("alter table sharing force row level security")
    op.execute("create policy migration on sharing to current_user using (true) with check (true)")
    op.execute("create policy worker on sharing to jiuzhu_worker using (true) with check (true)")
    op.execute(f"create policy api on sharing for select to jiuzhu_api using ({TAKES_PART})")
    op.execute(f"create policy api_provides on sharing for insert to jiuzhu_api with check ({EITHER_SIDE})")
    op.execute(
        f"create policy api_settles on sharing for update to jiuzhu_api using ({EITHER_SIDE}) with check ({EITHER_SIDE})"
    )
    for role in ("worker", "api"):
        op.execute(f"grant select, insert, update on sharing to jiuzhu_{role}")
    # The board looks for the dates of a county's matters.
    op.create_index("period_subject_idx", "period", ["subject_id"], unique=False)
    _shared_benefit()
    # Who has been told of what is overdue is for all to see who take part in the matter.
    of_a_matter = "exists (select 1 from matter m where m.id = notice.subject_id)"
    op.execute(f"create policy api_matter on notice for select to jiuzhu_api using ({of_a_matter})")
    of_a_period = "exists (select 1 from period p where p.id = rung.period_id)"
    op.execute(f"create policy api_matter on rung for select to jiuzhu_api using ({of_a_period})")


def _shared_benefit() -> None:
    op.create_table(
        "shared_benefit",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("id_index", sa.LargeBinary(), nullable=False),
        sa.Column("content_index", sa.LargeBinary(), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("provided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("shared_benefit_upload_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("shared_benefit_pkey")),
        sa.UniqueConstraint("division", "month", "id_index", name=op.f("shared_benefit_division_month_id_index_key")),
    )
    op.create_index("shared_benefit_upload_idx", "shared_benefit", ["upload_id"], unique=False)
    op.execute("alter table shared_benefit enable row level security")
    op.execute("alter table shared_benefit force row level security")
    op.execute("create policy migration on shared_benefit to current_user using (true) with check (true)")
    op.execute("create policy worker on shared_benefit to jiuzhu_worker using (true) with check (true)")
    both = "division = current_setting('app.scope') and current_setting('app.department') in ('medical_insurance', 'civil_affairs')"
    op.execute(f"create policy api on shared_benefit to jiuzhu_api using ({both}) with check ({both})")
    op.execute("grant select, insert, update on shared_benefit to jiuzhu_worker")
    op.execute("grant select on shared_benefit to jiuzhu_api")


def downgrade() -> None:
    raise RuntimeError("what departments have shared is not thrown away; restore a backup instead")
