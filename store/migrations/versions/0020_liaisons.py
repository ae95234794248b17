"""The register of liaisons, and findings that are mended by themselves when a liaison is named."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

SEEN = "in_scope(division) or starts_with(current_setting('app.scope'), division)"
"""One's own area, and those above, who have to be reached too; the names are sealed."""
WRITTEN = (
    "division = current_setting('app.scope') and"
    " (department = current_setting('app.department') or current_setting('app.department') = 'medical_insurance')"
)
SETTLED = "finding_settled_by_something_check"

FUNCTIONS = """
create function mend_no_liaison(of_division text, of_department text, at timestamptz) returns void
  language sql security definer set search_path = public, pg_temp as $$
  update finding f set settled_at = at
   where f.kind = 'no_liaison' and f.division = of_division and f.about = of_department and f.settled_at is null
     and exists (select 1 from liaison l
                  where l.division = f.division and l.department = f.about
                    and l.starts_on <= (at at time zone 'Asia/Shanghai')::date
                    and coalesce(least(l.ends_on, l.ended_on), 'infinity') >= (at at time zone 'Asia/Shanghai')::date)
$$;
comment on function mend_no_liaison is 'Whoever names the liaison need not be the bureau, which alone reads findings.';
"""


def upgrade() -> None:
    _liaison()
    op.execute("alter table liaison enable row level security")
    op.execute("alter table liaison force row level security")
    op.execute("create policy migration on liaison to current_user using (true) with check (true)")
    op.execute("create policy worker on liaison to jiuzhu_worker using (true) with check (true)")
    op.execute("grant select on liaison to jiuzhu_worker")
    op.execute(f"create policy api_seen on liaison for select to jiuzhu_api using ({SEEN})")
    op.execute(f"create policy api_entered on liaison for insert to jiuzhu_api with check ({WRITTEN})")
    op.execute(f"create policy api_ended on liaison for update to jiuzhu_api using ({WRITTEN}) with check ({WRITTEN})")
    op.execute("grant select, insert, update (ended_on, ended_by) on liaison to jiuzhu_api")
    op.drop_constraint(op.f(SETTLED), "finding", type_="check")
    op.create_check_constraint(op.f(SETTLED), "finding", "settled_by is null or settled_at is not null")
    op.execute(FUNCTIONS)


def downgrade() -> None:
    raise RuntimeError("who was responsible for what is not forgotten; restore a backup instead")


def _liaison() -> None:
    op.create_table(
        "liaison",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("substitute_from", sa.Date(), nullable=True),
        sa.Column("substitute_until", sa.Date(), nullable=True),
        sa.Column("replaces", sa.Uuid(), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("ends_on is null or ends_on >= starts_on", name=op.f("liaison_ends_after_it_starts_check")),
        sa.CheckConstraint(
            "ended_on is null or ended_on >= starts_on - 1", name=op.f("liaison_ended_after_it_starts_check")
        ),
        sa.CheckConstraint("(ended_on is null) = (ended_by is null)", name=op.f("liaison_ended_by_somebody_check")),
        sa.CheckConstraint(
            "(substitute_from is null) = (substitute_until is null) and substitute_from <= substitute_until",
            name=op.f("liaison_substitution_check"),
        ),
        sa.ForeignKeyConstraint(["ended_by"], ["account.id"], name=op.f("liaison_ended_by_fkey")),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("liaison_entered_by_fkey")),
        sa.ForeignKeyConstraint(["replaces"], ["liaison.id"], name=op.f("liaison_replaces_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("liaison_pkey")),
    )
    op.create_index("liaison_office_idx", "liaison", ["division", "department", "starts_on"], unique=False)
