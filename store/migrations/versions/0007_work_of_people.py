"""Absence, remarks, drafts, copies, orders and requests for more time."""

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in by the changes that follow."""


def downgrade() -> None:
    """Nothing to undo yet."""
