"""What an assessment asks of all items: what they are grouped by, the verdicts that stand on them, later revisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_INDEXES = (
    (
        "ix_items_unit_index_number",
        "items",
        ("unit", "index_number", "page_read", "withdrawn_at", "id"),
        "index_number IS NOT NULL",
    ),
    (
        "ix_items_document_number",
        "items",
        ("document_number", "unit", "page_read", "withdrawn_at", "id"),
        "document_number IS NOT NULL",
    ),
    ("ix_items_unit_title", "items", ("unit", "title", "published_on", "page_read", "id"), "published_on IS NOT NULL"),
    ("ix_items_unit_column_published_at", "items", ("unit", "column", "published_at"), "published_at IS NOT NULL"),
    ("ix_items_unit_validity", "items", ("unit", "id"), "validity IS NOT NULL"),
    ("ix_verdicts_item", "verdicts", ("item",), "item IS NOT NULL"),
    ("ix_item_revisions_changed", "item_revisions", ("seq",), "revision > 1"),
)


def upgrade() -> None:
    for name, table, columns, where in _INDEXES:
        op.create_index(name, table, list(columns), sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    for name, table, *_ in reversed(_INDEXES):
        op.drop_index(name, table_name=table)
