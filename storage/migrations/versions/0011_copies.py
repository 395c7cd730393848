"""One document that several units publish: the copies of an item, and the item that a copy belongs to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("items", sa.Column("copies", json, nullable=True))
    op.add_column("items", sa.Column("same_as", sa.Text(), nullable=True))
    given = sa.text("same_as IS NOT NULL")
    op.create_index("ix_items_same_as", "items", ["same_as", "id"], sqlite_where=given, postgresql_where=given)


def downgrade() -> None:
    op.drop_index("ix_items_same_as", table_name="items")
    op.drop_column("items", "same_as")
    op.drop_column("items", "copies")
