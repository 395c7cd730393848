"""Receivers of the catalogue: where each stands, what it refused, and how what it holds compared with ours.

A receiver that was delivered to before goes on at its last receipt.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "receivers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("left_at", moment, nullable=True),
        sa.Column("at", moment, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("failed_since", moment, nullable=True),
        sa.Column("tried_at", moment, nullable=True),
        sa.Column("next_attempt_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_receivers"),
    )
    op.execute(
        "INSERT INTO receivers (name, seq, since, at, failures)"
        " SELECT receiver, max(seq), min(at), max(at), 0 FROM deliveries GROUP BY receiver"
    )
    op.execute("UPDATE receivers SET kind = 'folder' WHERE name LIKE 'folder:%'")
    op.create_table(
        "dead_letters",
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("first_at", moment, nullable=False),
        sa.Column("last_at", moment, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("settled_at", moment, nullable=True),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("receiver", "seq", name="pk_dead_letters"),
    )
    op.create_index("ix_dead_letters_receiver_item_id", "dead_letters", ["receiver", "item_id"])
    is_open = sa.text("state = 'open'")
    op.create_index(
        "ix_dead_letters_open", "dead_letters", ["receiver", "seq"], sqlite_where=is_open, postgresql_where=is_open
    )
    op.create_table(
        "reconciliations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("began_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("ours", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("counts", json, nullable=False),
        sa.Column("drift", sa.Integer(), nullable=False),
        sa.Column("samples", json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reconciliations"),
    )
    op.create_index("ix_reconciliations_receiver_id", "reconciliations", ["receiver", "id"])


def downgrade() -> None:
    op.drop_table("reconciliations")
    op.drop_table("dead_letters")
    op.drop_table("receivers")
