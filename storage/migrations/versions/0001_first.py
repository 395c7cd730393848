"""The first schema: registry, catalogue, looks, crawler's memory, judging, handing on.

Revision 0001, from an empty database. The counter from which every item revision takes its number starts at 0 here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _json() -> sa.types.TypeEngine[object]:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "city",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("facts", _json(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_city"),
    )
    op.create_table(
        "column_looks",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("first_complete_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_complete_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("complete_looks", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_walk_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_reason", sa.Text(), nullable=True),
        sa.Column("held_lost", sa.Integer(), nullable=True),
        sa.Column("held_of", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("unit", "column", name="pk_column_looks"),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_counters"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("receipt", _json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("receiver", "seq", name="uq_deliveries_receiver_seq"),
    )
    op.create_table(
        "findings",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("column", sa.Text(), nullable=True),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("facts", _json(), nullable=False),
        sa.Column("evidence", _json(), nullable=False),
        sa.Column("coverage", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_findings"),
    )
    op.create_index("ix_findings_state_id", "findings", ["state", "id"])
    op.create_index("ix_findings_unit_state", "findings", ["unit", "state"])
    op.create_table(
        "items",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("index_number", sa.Text(), nullable=True),
        sa.Column("document_number", sa.Text(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("publisher", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("formed_on", sa.Date(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_displayed", sa.Boolean(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("repealed_on", sa.Date(), nullable=True),
        sa.Column("validity", sa.Text(), nullable=True),
        sa.Column("theme", sa.Text(), nullable=True),
        sa.Column("genre", sa.Text(), nullable=True),
        sa.Column("statutory", sa.Text(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("relations", _json(), nullable=True),
        sa.Column("keywords", _json(), nullable=True),
        sa.Column("form", sa.Text(), nullable=True),
        sa.Column("aliases", _json(), nullable=True),
        sa.Column("attachments", _json(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("provenance", _json(), nullable=True),
        sa.Column("evidence", _json(), nullable=True),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("page_read", sa.Boolean(), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_index", sa.BigInteger(), nullable=True),
        sa.Column("by_document", sa.BigInteger(), nullable=True),
        sa.Column("by_content", sa.BigInteger(), nullable=True),
        sa.Column("body_text", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_items"),
    )
    op.create_index(
        "ix_items_by_content",
        "items",
        ["by_content"],
        sqlite_where=sa.text("by_content IS NOT NULL"),
        postgresql_where=sa.text("by_content IS NOT NULL"),
    )
    op.create_index(
        "ix_items_by_document",
        "items",
        ["by_document"],
        sqlite_where=sa.text("by_document IS NOT NULL"),
        postgresql_where=sa.text("by_document IS NOT NULL"),
    )
    op.create_index(
        "ix_items_by_index",
        "items",
        ["by_index"],
        sqlite_where=sa.text("by_index IS NOT NULL"),
        postgresql_where=sa.text("by_index IS NOT NULL"),
    )
    op.create_index("ix_items_unit_column_seq", "items", ["unit", "column", "seq"])
    op.create_index("ix_items_unit_seq", "items", ["unit", "seq"])
    op.create_index("uq_items_seq", "items", ["seq"], unique=True)
    op.create_table(
        "leases",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("host", name="pk_leases"),
    )
    op.create_table(
        "list_pages",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("rows", _json(), nullable=False),
        sa.Column("next", _json(), nullable=True),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("total_pages", sa.Integer(), nullable=True),
        sa.Column("total_rows", sa.Integer(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("unit", "column", "request_key", name="pk_list_pages"),
    )
    op.create_table(
        "observation_heads",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("latest_id", sa.Text(), nullable=False),
        sa.Column("latest_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("good_id", sa.Text(), nullable=True),
        sa.Column("good_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("unit", "column", "subject", name="pk_observation_heads"),
    )
    op.create_table(
        "observations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("column", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("facts", _json(), nullable=False),
        sa.Column("evidence", _json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_observations"),
    )
    op.create_index("ix_observations_at_id", "observations", ["at", "id"])
    op.create_index("ix_observations_unit_column_subject_at", "observations", ["unit", "column", "subject", "at"])
    op.create_table(
        "requests",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", _json(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", _json(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
    )
    op.create_index("ix_requests_state_left_at", "requests", ["state", "left_at"])
    op.create_table(
        "units",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("facts", _json(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_units"),
    )
    op.create_table(
        "verdicts",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("column", sa.Text(), nullable=True),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("severity", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("facts", _json(), nullable=False),
        sa.Column("evidence", _json(), nullable=False),
        sa.Column("coverage", sa.Float(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_verdicts"),
    )
    op.create_index("ix_verdicts_rule_as_of", "verdicts", ["rule", "as_of"])
    op.create_index("ix_verdicts_unit_column", "verdicts", ["unit", "column"])
    op.create_table(
        "columns",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("facts", _json(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["units.id"], name="fk_columns_unit_units"),
        sa.PrimaryKeyConstraint("unit", "id", name="pk_columns"),
    )
    op.create_table(
        "finding_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("verdict", _json(), nullable=True),
        sa.ForeignKeyConstraint(["finding"], ["findings.id"], name="fk_finding_events_finding_findings"),
        sa.PrimaryKeyConstraint("id", name="pk_finding_events"),
    )
    op.create_index("ix_finding_events_finding", "finding_events", ["finding"])
    op.create_table(
        "item_addresses",
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_item_addresses_item_id_items"),
        sa.PrimaryKeyConstraint("address_key", "unit", name="pk_item_addresses"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "item_revisions",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("datestamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", _json(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_item_revisions_item_id_items"),
        sa.PrimaryKeyConstraint("seq", name="pk_item_revisions"),
        sa.UniqueConstraint("item_id", "revision", name="uq_item_revisions_item_id_revision"),
    )
    op.create_table(
        "list_rows",
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("row_date", sa.Date(), nullable=True),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("missing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("missing_looks", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=True),
        sa.Column("read", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("item_on", sa.Date(), nullable=True),
        sa.Column("shown_on", sa.Date(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_outcome", sa.Text(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_list_rows_item_id_items"),
        sa.PrimaryKeyConstraint("address_key", "unit", "column", name="pk_list_rows"),
    )
    op.create_index("ix_list_rows_item_id", "list_rows", ["item_id"])
    op.create_index(
        "ix_list_rows_missing_since",
        "list_rows",
        ["missing_since"],
        sqlite_where=sa.text("missing_since IS NOT NULL"),
        postgresql_where=sa.text("missing_since IS NOT NULL"),
    )
    op.create_index("ix_list_rows_unit_column_shown_on", "list_rows", ["unit", "column", "shown_on"])
    op.create_table(
        "waivers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("facts", _json(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["units.id"], name="fk_waivers_unit_units"),
        sa.PrimaryKeyConstraint("id", name="pk_waivers"),
    )
    op.create_index("ix_waivers_unit", "waivers", ["unit"])
    counters = sa.table("counters", sa.column("name", sa.Text), sa.column("value", sa.BigInteger))
    op.bulk_insert(counters, [{"name": "catalogue", "value": 0}])


def downgrade() -> None:
    op.drop_table("waivers")
    op.drop_table("list_rows")
    op.drop_table("item_revisions")
    op.drop_table("item_addresses")
    op.drop_table("finding_events")
    op.drop_table("columns")
    op.drop_table("verdicts")
    op.drop_table("units")
    op.drop_table("requests")
    op.drop_table("observations")
    op.drop_table("observation_heads")
    op.drop_table("list_pages")
    op.drop_table("leases")
    op.drop_table("items")
    op.drop_table("findings")
    op.drop_table("deliveries")
    op.drop_table("counters")
    op.drop_table("column_looks")
    op.drop_table("city")
