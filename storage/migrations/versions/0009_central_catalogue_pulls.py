"""What the feed of the central catalogue asks by: changes by their time, items by category and statutory class.

And the key with which its resumption tokens are signed, another one in every installation.
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_item_revisions_datestamp_seq", "item_revisions", ["datestamp", "seq"])
    op.create_index("ix_items_category_seq", "items", ["category", "seq"])
    given = sa.text("statutory IS NOT NULL")
    op.create_index("ix_items_statutory_seq", "items", ["statutory", "seq"], sqlite_where=given, postgresql_where=given)
    table = op.create_table(
        "secrets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_secrets"),
    )
    op.bulk_insert(table, [{"name": "oai_tokens", "value": secrets.token_hex(32)}])


def downgrade() -> None:
    op.drop_table("secrets")
    op.drop_index("ix_items_statutory_seq", table_name="items")
    op.drop_index("ix_items_category_seq", table_name="items")
    op.drop_index("ix_item_revisions_datestamp_seq", table_name="item_revisions")
