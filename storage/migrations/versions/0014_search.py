"""An index of the catalogue's words, filled from the revisions and made anew at will.

``search_words`` is no table both databases know: on SQLite FTS5 without the text and without positions, on PostgreSQL a
``tsvector`` under a GIN index. Nothing is indexed here: the first search, or the schedule, does it a batch at a time.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_FTS5 = (
    "CREATE VIRTUAL TABLE search_words USING fts5("
    "tokens, content='', columnsize=0, detail=none, tokenize=\"ascii tokenchars ':'\")"
)


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "search_docs",
        sa.Column("number", number, autoincrement=False, nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_search_docs")),
        sa.UniqueConstraint("item", name=op.f("uq_search_docs_item")),
    )
    op.create_table(
        "search_state",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_search_state")),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_FTS5)
        # what is written within one transaction is sorted in memory first, up to so many bytes
        op.execute("INSERT INTO search_words(search_words, rank) VALUES ('hashsize', 16777216)")
        return
    op.execute(
        "CREATE TABLE search_words ("
        "number bigint PRIMARY KEY REFERENCES search_docs (number) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,"
        " tokens tsvector NOT NULL)"
    )
    op.execute("CREATE INDEX ix_search_words_tokens ON search_words USING gin (tokens)")
    op.execute("ALTER TABLE search_words ALTER COLUMN tokens SET STATISTICS 500")


def downgrade() -> None:
    op.execute("DROP TABLE search_words")
    op.drop_table("search_state")
    op.drop_table("search_docs")
