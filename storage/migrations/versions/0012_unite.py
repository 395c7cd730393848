"""One document at several units: what items are found by, what comparing came to, what was decided and done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "identity_marks",
        sa.Column("number", whole, autoincrement=False, nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_identity_marks_item_id_items"),
        sa.PrimaryKeyConstraint("number", name="pk_identity_marks"),
        sa.UniqueConstraint("item_id", name="uq_identity_marks_item_id"),
    )
    op.create_table(
        "identity_keys",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "number", name="pk_identity_keys"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "identity_pairs",
        *_pair("identity_pairs"),
        sa.Column("same", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
    )
    op.create_index("ix_identity_pairs_other", "identity_pairs", ["other"])
    near = sa.text("NOT same")
    op.create_index("ix_identity_pairs_score", "identity_pairs", ["score"], sqlite_where=near, postgresql_where=near)
    op.create_table(
        "identity_decisions",
        *_pair("identity_decisions"),
        sa.Column("same", sa.Boolean(), nullable=False),
        sa.Column("away", sa.Text(), nullable=True),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_identity_decisions_other", "identity_decisions", ["other"])
    op.create_table(
        "identity_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("leader", sa.Text(), nullable=True),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("facts", json, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_identity_events_item_id_items"),
        sa.PrimaryKeyConstraint("id", name="pk_identity_events"),
    )
    op.create_index("ix_identity_events_item_id", "identity_events", ["item_id"])
    op.create_index("ix_identity_events_leader", "identity_events", ["leader"])


def downgrade() -> None:
    for name in ("identity_events", "identity_decisions", "identity_pairs", "identity_keys", "identity_marks"):
        op.drop_table(name)


def _pair(table: str) -> tuple[sa.Column[str] | sa.Constraint, ...]:
    return (
        sa.Column("one", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["one"], ["items.id"], name=f"fk_{table}_one_items"),
        sa.ForeignKeyConstraint(["other"], ["items.id"], name=f"fk_{table}_other_items"),
        sa.PrimaryKeyConstraint("one", "other", name=f"pk_{table}"),
    )
