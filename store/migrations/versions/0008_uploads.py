"""Uploaded tables with the fate of each row, identity periods and settlements."""

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in by the changes that follow."""


def downgrade() -> None:
    """Nothing to undo yet."""
