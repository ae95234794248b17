"""The relay looks up a workflow's last row every few seconds."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("outbox_workflow_id_created_at_idx", "outbox", ["workflow_id", "created_at"])


def downgrade() -> None:
    op.drop_index("outbox_workflow_id_created_at_idx", table_name="outbox")
