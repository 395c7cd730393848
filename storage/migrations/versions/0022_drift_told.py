"""What assessing tells of columns that are no longer read as they were; looks can be counted by unit and outcome."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drift_told",
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("unit", "column", "what", "was", "now", "proposal")),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_drift_told"),
    )
    op.create_index("ix_observations_subject_at_unit_outcome", "observations", ["subject", "at", "unit", "outcome"])


def downgrade() -> None:
    op.drop_index("ix_observations_subject_at_unit_outcome", "observations")
    op.drop_table("drift_told")
