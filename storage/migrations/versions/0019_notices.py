"""Notices: what is told to whom by which channel, the faults that stand, and how each channel does."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[dt.datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        *(_text("key"), _text("channel"), _text("audience"), _text("unit", nullable=True)),
        *(_text("kind"), _text("subject")),
        sa.Column("facts", json, nullable=False),
        *(_time("made_at"), _text("state"), _text("message", nullable=True)),
        sa.Column("tries", sa.Integer(), nullable=False),
        *(_text("error", nullable=True), _time("next_attempt_at", nullable=True), _time("settled_at", nullable=True)),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint("key", "channel", name="uq_notices_key_channel"),
    )
    op.create_index("ix_notices_state_id", "notices", ["state", "id"])
    op.create_index("ix_notices_subject", "notices", ["subject"])
    op.create_index("ix_notices_settled_at", "notices", ["settled_at"])
    op.create_table(
        "notice_faults",
        *(_text("key"), _text("kind"), _text("unit", nullable=True), _time("since")),
        sa.Column("facts", json, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_notice_faults"),
    )
    op.create_table(
        "notice_channels",
        *(_text("name"), _text("kind")),
        sa.Column("audiences", json, nullable=False),
        *(_time("since"), _time("left_at", nullable=True)),
        sa.Column("failures", sa.Integer(), nullable=False),
        *(_text("error", nullable=True), _time("failed_since", nullable=True), _time("sent_at", nullable=True)),
        sa.PrimaryKeyConstraint("name", name="pk_notice_channels"),
    )


def downgrade() -> None:
    for table in ("notice_channels", "notice_faults", "notices"):
        op.drop_table(table)
