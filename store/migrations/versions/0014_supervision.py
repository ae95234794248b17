"""Findings and orders to put them right, major problems, sharing agreements, joint reviews, provincial comparisons."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

INSURANCE = "current_setting('app.department') = 'medical_insurance'"
OF_A_MATTER = "exists (select 1 from matter m where m.id = matter_id)"
HERE = "division = current_setting('app.scope')"
ABOVE = "starts_with(current_setting('app.scope'), division)"
"""An agreement of the city is read by its counties too."""
OF_THE_COUNTY = "county = current_setting('app.scope') and confirmed_on is not null"

WALLS = {
    "finding": (f"in_scope(division) and {INSURANCE}",) * 2,
    "rectification": (OF_A_MATTER, f"{OF_A_MATTER} and {INSURANCE}"),
    "rectification_finding": (OF_A_MATTER, f"{OF_A_MATTER} and {INSURANCE}"),
    "problem": (OF_A_MATTER, f"{OF_A_MATTER} and {HERE}"),
    "agreement": (
        f"(in_scope(division) or {ABOVE}) and current_setting('app.department') = any (parties)",
        f"{HERE} and {INSURANCE}",
    ),
    "review_row": (
        f"{HERE} and {OF_A_MATTER} and (department = current_setting('app.department') or {INSURANCE})",
        f"{HERE} and {INSURANCE}",
    ),
    "comparison_item": (f"({HERE} or ({OF_THE_COUNTY})) and {INSURANCE}", f"{HERE} and {INSURANCE}"),
}
"""By table: what the counter reads, and what it may write. Rows about persons are read in their own division only."""
WRITES = {
    "finding": "update (settled_at)",
    "rectification": "insert, update (due_on, round, ordered_on, text_sealed)",
    "rectification_finding": "insert",
    "problem": "insert",
    "agreement": "insert, update (ended_on, ended_by)",
    "review_row": "update (mark, marked_by, marked_at)",
    "comparison_item": "update (cause, note_sealed, explained_by, explained_at)",
}


def upgrade() -> None:
    _tables()
    for table, (seen, written) in WALLS.items():
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy migration on {table} to current_user using (true) with check (true)")
        op.execute(f"create policy worker on {table} to jiuzhu_worker using (true) with check (true)")
        op.execute(f"grant select, insert, update on {table} to jiuzhu_worker")
        op.execute(f"create policy api on {table} to jiuzhu_api using ({seen}) with check ({written})")
        op.execute(f"grant select, {WRITES[table]} on {table} to jiuzhu_api")


def downgrade() -> None:
    raise RuntimeError("what departments have shared is not thrown away; restore a backup instead")


def _tables() -> None:
    op.create_table(
        "finding",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("codes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("grounds", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(settled_at is null) = (settled_by is null)", name=op.f("finding_settled_by_something_check")
        ),
        sa.ForeignKeyConstraint(["settled_by"], ["matter.id"], name=op.f("finding_settled_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("finding_pkey")),
    )
    op.create_index("finding_division_id_idx", "finding", ["division", "id"], unique=False)
    op.create_index(
        "finding_once",
        "finding",
        ["kind", "division", "month", "subject_id", "about"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "agreement",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("parties", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("data_lists", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(ended_on is null) = (ended_by is null)", name=op.f("agreement_ended_by_somebody_check")),
        sa.CheckConstraint("cardinality(parties) > 1", name=op.f("agreement_parties_check")),
        sa.CheckConstraint(
            "ends_on is null or ends_on >= starts_on", name=op.f("agreement_ends_after_it_starts_check")
        ),
        sa.ForeignKeyConstraint(["ended_by"], ["account.id"], name=op.f("agreement_ended_by_fkey")),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("agreement_entered_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("agreement_pkey")),
    )
    op.create_index("agreement_division_idx", "agreement", ["division", "starts_on"], unique=False)
    op.create_table(
        "rectification",
        sa.Column("matter_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level in ('province', 'city')", name=op.f("rectification_level_check")),
        sa.CheckConstraint("round > 0", name=op.f("rectification_round_check")),
        sa.ForeignKeyConstraint(["issued_by"], ["account.id"], name=op.f("rectification_issued_by_fkey")),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("rectification_matter_id_fkey")),
        sa.PrimaryKeyConstraint("matter_id", name=op.f("rectification_pkey")),
    )
    op.create_table(
        "rectification_finding",
        sa.Column("matter_id", sa.Uuid(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("rectification_finding_finding_id_fkey")),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["rectification.matter_id"], name=op.f("rectification_finding_matter_id_fkey")
        ),
        sa.PrimaryKeyConstraint("matter_id", "finding_id", name=op.f("rectification_finding_pkey")),
    )
    op.create_index(
        "rectification_finding_open",
        "rectification_finding",
        ["finding_id"],
        unique=True,
        postgresql_where=sa.text("open"),
    )
    op.create_table(
        "problem",
        sa.Column("matter_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reported_by", sa.Uuid(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level in ('province', 'city')", name=op.f("problem_level_check")),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("problem_matter_id_fkey")),
        sa.ForeignKeyConstraint(["reported_by"], ["account.id"], name=op.f("problem_reported_by_fkey")),
        sa.PrimaryKeyConstraint("matter_id", name=op.f("problem_pkey")),
    )
    op.create_table(
        "review_row",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("matter_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("category_before", sa.String(), nullable=True),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("marked_by", sa.Uuid(), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(mark = 'kept') = (marked_by is null)", name=op.f("review_row_marked_by_somebody_check")),
        sa.CheckConstraint("change in ('added', 'exited', 'changed')", name=op.f("review_row_change_check")),
        sa.CheckConstraint(
            "mark in ('kept', 'duplicate', 'false_record', 'anomaly')", name=op.f("review_row_mark_check")
        ),
        sa.ForeignKeyConstraint(["marked_by"], ["account.id"], name=op.f("review_row_marked_by_fkey")),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("review_row_matter_id_fkey")),
        sa.ForeignKeyConstraint(["period_id"], ["identity_period.id"], name=op.f("review_row_period_id_fkey")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("review_row_person_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("review_row_pkey")),
        sa.UniqueConstraint("period_id", "change", name=op.f("review_row_period_id_change_key")),
    )
    op.create_index("review_row_matter_idx", "review_row", ["matter_id", "department", "id"], unique=False)
    op.create_index(op.f("review_row_person_id_idx"), "review_row", ["person_id"], unique=False)
    op.create_table(
        "comparison_item",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("matter_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("county", sa.String(), nullable=True),
        sa.Column("id_index", sa.LargeBinary(), nullable=False),
        sa.Column("list_type", sa.String(), nullable=False),
        sa.Column("person_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("province_burden", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("local_burden", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("local_item", sa.Uuid(), nullable=True),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("explained_by", sa.Uuid(), nullable=True),
        sa.Column("explained_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "cause in ('local_missed', 'late_settlement', 'not_over', 'other_definition', 'insured_elsewhere', 'wrong_identity', 'deceased', 'province_missed', 'other')",
            name=op.f("comparison_item_cause_check"),
        ),
        sa.CheckConstraint("side in ('both', 'province_only', 'local_only')", name=op.f("comparison_item_side_check")),
        sa.CheckConstraint(
            "(cause is null) = (explained_by is null)", name=op.f("comparison_item_explained_by_somebody_check")
        ),
        sa.ForeignKeyConstraint(["explained_by"], ["account.id"], name=op.f("comparison_item_explained_by_fkey")),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("comparison_item_matter_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("comparison_item_pkey")),
        sa.UniqueConstraint(
            "matter_id", "id_index", "list_type", name=op.f("comparison_item_matter_id_id_index_list_type_key")
        ),
    )
    op.create_index("comparison_item_matter_idx", "comparison_item", ["matter_id", "side", "id"], unique=False)
    op.create_index("comparison_item_county_idx", "comparison_item", ["county", "month"], unique=False)
