"""What a county brings along when it begins: the aid of the year that was paid before."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

SEEN = "division = current_setting('app.scope') and current_setting('app.department') = 'medical_insurance'"
"""A row is about a person: read in the county itself, never from above it."""

FUNCTIONS = """
create function prior_aid_in_year(person uuid, year integer) returns table (aid numeric, deductible_used numeric)
  language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(sum(p.aid), 0), coalesce(sum(p.deductible_used), 0) from prior_aid p
   where p.person_id in (select one_person(prior_aid_in_year.person)) and p.year = prior_aid_in_year.year
$$;
comment on function prior_aid_in_year is 'A cap holds over the year in the whole province, also over what was paid before: sums only.';
"""


def upgrade() -> None:
    op.create_table(
        "prior_aid",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("aid", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("deductible_used", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("taken_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("aid >= 0 and deductible_used >= 0", name=op.f("prior_aid_amounts_check")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("prior_aid_person_id_fkey")),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("prior_aid_upload_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("prior_aid_pkey")),
        sa.UniqueConstraint("person_id", "year", "division", name=op.f("prior_aid_person_id_year_division_key")),
    )
    op.execute("alter table prior_aid enable row level security")
    op.execute("alter table prior_aid force row level security")
    op.execute("create policy migration on prior_aid to current_user using (true) with check (true)")
    op.execute("create policy worker on prior_aid to jiuzhu_worker using (true) with check (true)")
    op.execute(f"create policy api on prior_aid to jiuzhu_api using ({SEEN}) with check ({SEEN})")
    op.execute("grant select, insert on prior_aid to jiuzhu_worker")
    op.execute("grant select on prior_aid to jiuzhu_api")
    op.execute(FUNCTIONS)


def downgrade() -> None:
    raise RuntimeError("what was paid before is not forgotten; restore a backup instead")
