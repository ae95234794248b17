"""What waits to be taken in is found without looking at every table that was ever handed in."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "upload_waiting_idx",
        "upload",
        ["kind", "division", "department"],
        postgresql_where=sa.text("state in ('received', 'working')"),
    )


def downgrade() -> None:
    op.drop_index("upload_waiting_idx", "upload")
