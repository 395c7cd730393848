"""What assessing tells the console: boards by day, rules in words, due dates; and the papers that were made."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _time(name: str) -> sa.Column[dt.datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _json(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "boards",
        *(sa.Column("day", sa.Date(), nullable=False), _time("told_at"), _json("board")),
        sa.PrimaryKeyConstraint("day", name="pk_boards"),
    )
    op.create_table(
        "standings",
        *(sa.Column("day", sa.Date(), nullable=False), _text("unit")),
        *(_json("line"), _json("cells"), _json("losses", nullable=True)),
        sa.PrimaryKeyConstraint("day", "unit", name="pk_standings"),
    )
    op.create_index("ix_standings_unit_day", "standings", ["unit", "day"])
    op.create_table(
        "rule_texts",
        *(_text("rule"), _json("text"), _time("told_at")),
        sa.PrimaryKeyConstraint("rule", name="pk_rule_texts"),
    )
    op.create_table(
        "due_dates",
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        *(_text("unit"), _text("column", nullable=True), _text("item", nullable=True)),
        *(_text("rule"), _text("nature"), _text("title"), sa.Column("due_on", sa.Date(), nullable=False)),
        _json("facts"),
        sa.PrimaryKeyConstraint("number", name="pk_due_dates"),
    )
    op.create_index("ix_due_dates_due_on", "due_dates", ["due_on", "number"])
    op.create_index("ix_due_dates_unit_due_on", "due_dates", ["unit", "due_on"])
    op.create_table(
        "papers",
        *(_text("id"), _text("kind"), _text("unit", nullable=True), _text("name"), _text("media_type")),
        *(sa.Column("size", sa.BigInteger(), nullable=False), _text("sha256"), _json("facts")),
        *(_time("made_at"), _text("made_by"), sa.Column("content", sa.LargeBinary(), nullable=False)),
        sa.PrimaryKeyConstraint("id", name="pk_papers"),
    )
    op.create_index("ix_papers_made_at", "papers", ["made_at", "id"])


def downgrade() -> None:
    for table in ("papers", "due_dates", "rule_texts", "standings", "boards"):
        op.drop_table(table)
