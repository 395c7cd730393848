"""Proof that people hand in with a step, identities of another provider, and when an account was last signed in to."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _time(name: str) -> sa.Column[dt.datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def upgrade() -> None:
    op.create_table(
        "proofs",
        *(_number("id"), _text("finding"), _number("event"), _text("name"), _text("kind"), _number("size")),
        *(_text("sha256"), _text("who"), _time("at"), sa.Column("content", sa.LargeBinary(), nullable=False)),
        sa.ForeignKeyConstraint(["finding"], ["findings.id"], name="fk_proofs_finding_findings"),
        sa.ForeignKeyConstraint(["event"], ["finding_events.id"], name="fk_proofs_event_finding_events"),
        sa.PrimaryKeyConstraint("id", name="pk_proofs"),
    )
    op.create_index("ix_proofs_finding", "proofs", ["finding"])
    op.create_index("ix_proofs_event", "proofs", ["event"])
    op.create_table(
        "identities",
        *(_text("issuer"), _text("subject"), _text("account"), _text("shown"), _time("linked_at")),
        sa.ForeignKeyConstraint(["account"], ["accounts.name"], name="fk_identities_account_accounts"),
        sa.PrimaryKeyConstraint("issuer", "subject", name="pk_identities"),
    )
    op.create_index("uq_identities_account", "identities", ["account"], unique=True)
    op.add_column("accounts", sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("accounts", "signed_in_at")
    op.drop_table("identities")
    op.drop_table("proofs")
