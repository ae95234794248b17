"""Uploads told apart by category, workbooks with a sheet per category taken apart, and files of thrown-away uploads removed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

STATES = "'received', 'working', 'checked', 'split', 'done', 'refused', 'discarded'"
FINISHED = "'split', 'done', 'refused', 'discarded'"

SETTLING = """
create function settle_upload(looked_at uuid, verdict text, who uuid, at timestamptz) returns text
  language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
  perform from upload
   where id = looked_at and part_of is null and preview and state in ('checked', 'split')
     and in_scope(division) and department = current_setting('app.department')
     for update;
  if not found or verdict not in ('received', 'discarded')
     or exists (select from upload where part_of = looked_at and state in ('received', 'working')) then
    return null;
  end if;
  update upload set state = case when state = 'split' and verdict = 'received' then state else verdict end,
                    preview = (verdict = 'discarded'), progress = null,
                    finished_at = case when verdict = 'discarded' then at when state = 'split' then finished_at end,
                    confirmed_at = case when verdict = 'received' then at end,
                    discarded_by = case when verdict = 'discarded' then who end
   where id = looked_at or (part_of = looked_at and state = 'checked');
  return verdict;
end
$$;
comment on function settle_upload is 'All that the counter may change of an upload: one that was looked at is taken in or thrown away, with all its parts.';
"""


def upgrade() -> None:
    for column in (
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("part_of", sa.Uuid(), nullable=True),
        sa.Column("sheets_taken", postgresql.ARRAY(sa.Integer()), nullable=True),
        sa.Column("discarded_by", sa.Uuid(), nullable=True),
        sa.Column("file_removed_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("upload", column)
    op.create_foreign_key(op.f("upload_part_of_fkey"), "upload", "upload", ["part_of"], ["id"])
    op.create_foreign_key(op.f("upload_discarded_by_fkey"), "upload", "account", ["discarded_by"], ["id"])
    for name in ("upload_state_check", "upload_finished_check"):
        op.drop_constraint(op.f(name), "upload", type_="check")
    for name, condition in (
        ("upload_state_check", f"state in ({STATES})"),
        ("upload_finished_check", f"(state in ({FINISHED})) = (finished_at is not null)"),
        ("upload_a_part_has_its_sheets_check", "(part_of is null) = (sheets_taken is null)"),
        ("upload_parts_are_not_split_check", "part_of is null or state <> 'split'"),
        ("upload_discarded_by_somebody_check", "discarded_by is null or state = 'discarded'"),
        ("upload_only_discarded_files_go_check", "file_removed_at is null or state = 'discarded'"),
    ):
        op.create_check_constraint(op.f(name), "upload", condition)
    op.drop_index("upload_same_file_once", "upload")
    op.create_index(
        "upload_same_file_once",
        "upload",
        ["division", "department", "kind", "month", "category", "sha256"],
        unique=True,
        postgresql_where=sa.text("part_of is null and state not in ('refused', 'discarded')"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_index("upload_part_once", "upload", ["part_of", "category"], unique=True)
    op.create_index(
        "upload_file_to_remove",
        "upload",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state = 'checked' or (state = 'discarded' and file_removed_at is null)"),
    )
    op.execute("drop function settle_upload(uuid, text, timestamptz)")
    op.execute(SETTLING)
    op.execute("grant delete on upload_forecast to jiuzhu_worker")


def downgrade() -> None:
    raise RuntimeError("what departments have shared is not thrown away; restore a backup instead")
