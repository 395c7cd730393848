"""Files that items name and what they say; yearly reports as read, figures entered beside them, and what was told."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def _json() -> sa.types.TypeEngine[object]:
    return sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def _texts(*names: str, nullable: bool) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "file_fetches",
        *_texts("url", "host", "unit", "column", "item", "state", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        *_texts("sha256", "name", "etag", "last_modified", nullable=True),
        sa.Column("evidence", _json(), nullable=True),
        _moment("fetched_at", nullable=True),
        _moment("tried_at", nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        _moment("asked_at"),
        sa.PrimaryKeyConstraint("url", name="pk_file_fetches"),
    )
    for name in ("host", "unit", "item", "sha256"):
        op.create_index(f"ix_file_fetches_{name}", "file_fetches", [name])
    op.create_table(
        "file_contents",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        *_texts("kind", "outcome", nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("evidence", _json(), nullable=False),
        _moment("read_at"),
        sa.PrimaryKeyConstraint("sha256", name="pk_file_contents"),
    )
    op.create_table(
        "annual_reports",
        *_texts("id", "unit", nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        *_texts("source", "name", nullable=False),
        *_texts("url", "column", "item", nullable=True),
        *_texts("format", "sha256", "outcome", nullable=False),
        *_texts("detail", "form", nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        _moment("first_seen", nullable=True),
        _moment("received_at", nullable=True),
        *_texts("received_by", "note", nullable=True),
        sa.Column("evidence", _json(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("report", _json(), nullable=True),
        sa.Column("checks", _json(), nullable=True),
        sa.Column("reader", sa.Text(), nullable=False),
        _moment("read_at"),
        _moment("replaced_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_annual_reports"),
    )
    op.create_index("ix_annual_reports_item", "annual_reports", ["item"])
    op.create_index("ix_annual_reports_year_unit", "annual_reports", ["year", "unit"])
    op.create_table(
        "annual_figures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        *_texts("measure", "value", "source", "entered_by", nullable=False),
        _moment("entered_at"),
        sa.PrimaryKeyConstraint("id", name="pk_annual_figures"),
    )
    op.create_index("ix_annual_figures_year", "annual_figures", ["year"])
    op.create_table(
        "annual_told",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rollup", _json(), nullable=False),
        _moment("told_at"),
        sa.PrimaryKeyConstraint("year", name="pk_annual_told"),
    )


def downgrade() -> None:
    for name in ("annual_told", "annual_figures", "annual_reports", "file_contents", "file_fetches"):
        op.drop_table(name)
