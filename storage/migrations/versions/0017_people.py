"""People: accounts, one-time links, sessions, failed sign-ins, and the log of what everyone did."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[dt.datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "accounts",
        *(_text("name"), _text("shown"), _text("role"), _text("unit", nullable=True), _text("password")),
        *(_time("made_at"), _time("closed_at", nullable=True)),
        sa.PrimaryKeyConstraint("name", name="pk_accounts"),
    )
    op.create_table(
        "invitations",
        *(_text("token"), _text("role"), _text("unit", nullable=True), _text("account", nullable=True)),
        *(_text("made_by"), _time("made_at"), _time("expires_at"), _time("used_at", nullable=True)),
        sa.PrimaryKeyConstraint("token", name="pk_invitations"),
    )
    op.create_table(
        "sessions",
        *(_text("token"), _text("account"), _time("begun_at"), _time("seen_at"), _text("address", nullable=True)),
        sa.ForeignKeyConstraint(["account"], ["accounts.name"], name="fk_sessions_account_accounts"),
        sa.PrimaryKeyConstraint("token", name="pk_sessions"),
    )
    op.create_index("ix_sessions_account", "sessions", ["account"])
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        *(_text("account"), _text("address", nullable=True), _time("at")),
        sa.PrimaryKeyConstraint("id", name="pk_sign_ins"),
    )
    op.create_index("ix_sign_ins_account", "sign_ins", ["account"])
    op.create_index("ix_sign_ins_address", "sign_ins", ["address"])
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        *(_time("at"), _text("who"), _text("action"), _text("subject", nullable=True)),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        _text("address", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_who", "audit", ["who"])


def downgrade() -> None:
    for table in ("audit", "sign_ins", "sessions", "invitations", "accounts"):
        op.drop_table(table)
