"""Payables, attempts, batches and the ledger in double entry."""

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in by the changes that follow."""


def downgrade() -> None:
    """Nothing to undo yet."""
