"""Which of the 22 themes an item is of, by code. What is stored gets its codes from ``gongkai catalogue recategorise``,
as revisions that consumers receive; a migration would change items without a word to them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("items", sa.Column("theme_code", sa.Text(), nullable=True))
    given = sa.text("theme_code IS NOT NULL")
    op.create_index("ix_items_theme_seq", "items", ["theme_code", "seq"], sqlite_where=given, postgresql_where=given)


def downgrade() -> None:
    op.drop_index("ix_items_theme_seq", table_name="items")
    op.drop_column("items", "theme_code")
