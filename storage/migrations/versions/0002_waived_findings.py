"""A finding can be waived until a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("findings", sa.Column("waived_until", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("findings", "waived_until")
