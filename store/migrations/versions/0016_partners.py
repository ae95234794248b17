"""partners."""

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None: ...


def downgrade() -> None:
    raise RuntimeError("what departments have shared is not thrown away; restore a backup instead")
