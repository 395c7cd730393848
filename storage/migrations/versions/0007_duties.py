"""Units' own directories of duties, their rows, and what people said of where a row is to be found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _json(name: str, *, nullable: bool = False) -> sa.Column[object]:
    kind = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
    return sa.Column(name, kind, nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "duty_directories",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        _json("unread"),
        sa.PrimaryKeyConstraint("unit", "version", name="pk_duty_directories"),
    )
    texts = ("level1", "level2", "level3", "content", "basis", "limit_text")
    more = ("duration", "subject", "channel", "audience", "mode", "tier")
    op.create_table(
        "duties",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in texts),
        _json("limit", nullable=True),
        *(sa.Column(name, sa.Text(), nullable=True) for name in more),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        _json("mapping"),
        sa.ForeignKeyConstraint(
            ["unit", "version"],
            ["duty_directories.unit", "duty_directories.version"],
            name="fk_duties_unit_version_duty_directories",
        ),
        sa.PrimaryKeyConstraint("unit", "version", "row", name="pk_duties"),
    )
    op.create_index("ix_duties_unit_key", "duties", ["unit", "key"])
    op.create_table(
        "duty_corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        _json("columns"),
        sa.PrimaryKeyConstraint("id", name="pk_duty_corrections"),
    )
    op.create_index("ix_duty_corrections_unit_key", "duty_corrections", ["unit", "key"])


def downgrade() -> None:
    op.drop_table("duty_corrections")
    op.drop_table("duties")
    op.drop_table("duty_directories")
