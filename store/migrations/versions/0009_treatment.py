"""What the rules of single diseases, outpatient care and tilt ask about a treatment."""

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled in by the changes that follow."""


def downgrade() -> None:
    """Nothing to undo yet."""
