"""Which items name a file, and whether they were told what it is; files that stood before are all told once more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "file_names",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("url", "item", name="pk_file_names"),
    )
    op.create_index("ix_file_names_item", "file_names", ["item"])
    op.execute("INSERT INTO file_names (url, item) SELECT url, item FROM file_fetches")
    op.add_column("file_fetches", sa.Column("told", sa.Text(), nullable=True))
    untold = sa.text("told IS NULL AND sha256 IS NOT NULL")
    op.create_index("ix_file_fetches_untold", "file_fetches", ["url"], sqlite_where=untold, postgresql_where=untold)
    op.create_index("ix_file_contents_reader", "file_contents", ["reader", "sha256"])


def downgrade() -> None:
    op.drop_index("ix_file_contents_reader", "file_contents")
    op.drop_index("ix_file_fetches_untold", "file_fetches")
    op.drop_column("file_fetches", "told")
    op.drop_table("file_names")
