"""What happens to real cases beside the main path: reopened, moved, merged, objected to, appealed, paused."""

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in by the changes that follow."""


def downgrade() -> None:
    """Nothing to undo yet."""
