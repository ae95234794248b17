"""Keys of partner systems, as hashes; and of each table how it travelled."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "partner_key",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_by", sa.String(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("partner_key_account_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("partner_key_pkey")),
        sa.UniqueConstraint("key_hash", name=op.f("partner_key_key_hash_key")),
    )
    op.add_column("upload", sa.Column("carrier", sa.String(), server_default=sa.text("'file'"), nullable=False))
    op.execute("alter table partner_key enable row level security")
    op.execute("alter table partner_key force row level security")
    op.execute("create policy migration on partner_key to current_user using (true) with check (true)")
    op.execute("create policy worker on partner_key to jiuzhu_worker using (true) with check (true)")
    # As sessions: looked up by its hash before it is known whose area it belongs to; it holds nobody's data.
    op.execute("create policy api on partner_key to jiuzhu_api using (true) with check (true)")
    for role in ("worker", "api"):
        op.execute(f"grant select, insert, update on partner_key to jiuzhu_{role}")


def downgrade() -> None:
    raise RuntimeError("what departments have shared is not thrown away; restore a backup instead")
