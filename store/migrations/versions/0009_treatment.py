"""What the rules of single diseases, outpatient care, care aid and tilt ask about a treatment, and what a decision keeps."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

FUNCTIONS = """
create or replace function recovered_in_year(person uuid, year integer) returns numeric
  language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(sum(greatest(0, back.amount - (d.amount - coalesce(d.in_cap, d.amount)))), 0)
    from (select payment_id, sum(amount) as amount from recovery where state = 'received' group by payment_id) back
    join payment p on p.id = back.payment_id join decision d on d.id = p.decision_id
    join application a on a.id = p.application_id
   where a.person_id = person and extract(year from d.as_of) = year
$$;
comment on function recovered_in_year is 'What came back of the aid that uses up the cap of that year: a cap counts what was '
  'really spent. What lay outside of the cap is taken to have come back first, so that no cap is exceeded.';

create or replace function aid_in_year(person uuid, year integer, but uuid) returns table (paid numeric, base numeric)
  language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(sum(coalesce(d.in_cap, d.amount)) filter (where d.final), 0),
         coalesce(sum(coalesce(d.in_deductible, d.base)), 0)
    from application a
    join lateral (select * from decision where application_id = a.id order by final desc, id desc limit 1) d on true
    left join refusal r on r.application_id = a.id and r.opening = a.opening
   where a.person_id = person and a.id <> but and extract(year from d.as_of) = year
     and (d.final or 'A-17' = any (r.provisions))
$$;
comment on function aid_in_year is 'A cap and a deductible hold over the year in the whole province: sums only, no case is '
  'shown. Only what uses them up counts: not payment by disease, outpatient aid, tilt or care aid. What was refused because '
  'it lay below the deductible (A-17) has used that much of it up.';

create function care_aid_given(person uuid, but uuid) returns boolean
  language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select 1 from application a join decision d on d.application_id = a.id
                  where a.person_id = person and a.id <> but and d.final and d.care_aid > 0)
$$;
comment on function care_aid_given is 'Care aid is granted once in a life, wherever in the province (A-26).';

create function outpatient_aid(person uuid, since date, until date, but uuid) returns numeric
  language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(sum(d.amount - d.care_aid), 0)
    from application a join decision d on d.application_id = a.id
   where a.person_id = person and a.id <> but and d.final and 'A-12' = any (d.grounds)
     and d.as_of >= since and d.as_of < until
$$;
comment on function outpatient_aid is 'A periodic sum is granted once per period in the whole province (A-12): the sum only.';
"""


def upgrade() -> None:
    op.add_column("application", sa.Column("treatment", sa.String(), nullable=False, server_default="inpatient"))
    for name in ("referred", "in_province", "remote_filed"):
        op.add_column("application", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_check_constraint(
        op.f("application_treatment_check"), "application", "treatment in ('inpatient', 'outpatient')"
    )
    op.add_column("decision", sa.Column("in_cap", sa.Numeric(14, 2), nullable=True))
    op.add_column("decision", sa.Column("in_deductible", sa.Numeric(14, 2), nullable=True))
    op.add_column("decision", sa.Column("care_aid", sa.Numeric(14, 2), nullable=False, server_default="0"))
    op.add_column("decision", sa.Column("facts_sealed", sa.LargeBinary(), nullable=True))
    op.create_check_constraint(
        op.f("decision_parts_check"), "decision", "coalesce(in_cap, 0) + care_aid <= coalesce(amount, 0)"
    )
    op.execute(FUNCTIONS)


def downgrade() -> None:
    raise RuntimeError("what was decided by these columns would be lost; restore a backup instead")
