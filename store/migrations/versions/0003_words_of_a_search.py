"""What was typed as the purpose of a search is sealed: it may name the person who is sought"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("access_log", sa.Column("words_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("access_log", "words_sealed")
