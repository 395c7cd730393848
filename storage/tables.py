"""The tables, as SQLAlchemy Core sees them; the migrations make exactly these.

Core tables and not mapped classes: what leaves this room are the frozen types of ``schema``, and batches are written
with one statement for many rows. Times are UTC and aware on both databases; calendar dates are dates; structures are
JSON. What was seen (items, rows, looks, verdicts) has no foreign key into the registry: a unit that leaves the city
keeps its history.

All tables stand here, in the data's way; each is written through its own doors of this room and by nobody else:

- the registry: ``registry``
- the catalogue: ``catalogue``; its counters also by ``findings``, ``notices`` and ``progress``
- one document at several units: ``catalogue``
- search: ``search``
- what was seen, and the crawler's memory: ``observations``, ``list_pages``, ``leases``, ``seals``
- judging: ``findings``, ``proofs``
- what assessing tells the console: ``boards``, ``rule_texts``, ``due_dates``, ``drift_told``, ``papers``
- frozen periods: ``periods``
- what units say they owe: ``duties``
- handing on: ``outbox``, ``oai``
- asked by the console: ``requests``
- notices: ``notices``
- people: ``people``
- files, and yearly reports: ``files``, ``annual``
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A moment: refuses naive times on the way in, gives aware UTC on the way out, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone: only aware times are stored")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


Json: JSON = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _required(name: str, kind: Any, *args: Any, **options: Any) -> Column[Any]:
    return Column(name, kind, *args, nullable=False, **options)


# ------------------------------------------------------------------ the registry

city = Table(
    "city",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1: one installation, one city
    _required("facts", Json),  # City without its units
    _required("applied_at", UtcDateTime),
)

units = Table(
    "units",
    metadata,
    Column("id", Text, primary_key=True),
    _required("position", Integer),  # order in the city file
    _required("facts", Json),  # Unit without its columns and waivers
    _required("since", UtcDateTime),
    Column("left_at", UtcDateTime),
)

columns = Table(
    "columns",
    metadata,
    Column("unit", Text, ForeignKey("units.id"), primary_key=True),
    Column("id", Text, primary_key=True),
    _required("position", Integer),
    _required("facts", Json),  # Column without unit and id
    _required("since", UtcDateTime),
    Column("left_at", UtcDateTime),
)

waivers = Table(
    "waivers",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("unit", Text, ForeignKey("units.id"), index=True),
    _required("position", Integer),
    _required("facts", Json),
    _required("since", UtcDateTime),
    Column("left_at", UtcDateTime),  # kept after it left: an approved exception is a record
)

# ------------------------------------------------------------------ the catalogue

counters = Table(  # numbers by name: the last change, cursors, how far a stage has come
    "counters",
    metadata,
    Column("name", Text, primary_key=True),
    _required("value", BigInteger),
    Column("stamped_at", UtcDateTime),  # last datestamp given, so that they never run backwards
)

items = Table(
    "items",
    metadata,
    Column("id", Text, primary_key=True),
    _required("seq", BigInteger),  # of the latest revision
    _required("revision", Integer),
    _required("unit", Text),
    _required("column", Text),
    _required("url", Text),
    _required("title", Text),
    _required("category", Text),
    Column("summary", Text),
    Column("index_number", Text),
    Column("document_number", Text),
    Column("issuer", Text),
    Column("publisher", Text),
    Column("source", Text),
    Column("formed_on", Date),
    Column("published_on", Date),
    Column("published_at", UtcDateTime),
    _required("published_displayed", Boolean),  # False: known from the address alone, no reader was told
    Column("effective_on", Date),
    Column("repealed_on", Date),
    Column("validity", Text),
    Column("theme", Text),
    Column("genre", Text),
    Column("statutory", Text),
    Column("stage", Text),
    Column("relations", Json),
    Column("keywords", Json),
    Column("form", Text),
    Column("aliases", Json),
    Column("attachments", Json),
    _required("language", Text),
    Column("provenance", Json),
    Column("evidence", Json),
    _required("content_hash", Text),
    _required("page_read", Boolean),
    Column("first_seen", UtcDateTime),
    Column("not_before", UtcDateTime),
    Column("last_seen", UtcDateTime),
    Column("withdrawn_at", UtcDateTime),
    # 64-bit hashes of what two copies of one document share; candidates are compared in full (identity.py)
    Column("by_index", BigInteger),
    Column("by_document", BigInteger),
    Column("by_content", BigInteger),
    Column("body_text", Text),  # last, so that a scan of the other columns need not read it
    Column("copies", Json),
    Column("same_as", Text),  # id of the item this is a copy of; asked for by its index, which knows the few there are
    Column("theme_code", Text),  # asked for by its index
    Index("uq_items_seq", "seq", unique=True),
    Index("ix_items_unit_seq", "unit", "seq"),
    Index("ix_items_unit_column_seq", "unit", "column", "seq"),
    Index("ix_items_category_seq", "category", "seq"),
    Index(
        "ix_items_statutory_seq",
        "statutory",
        "seq",
        sqlite_where=text("statutory IS NOT NULL"),
        postgresql_where=text("statutory IS NOT NULL"),
    ),
    Index(
        "ix_items_theme_seq",
        "theme_code",
        "seq",
        sqlite_where=text("theme_code IS NOT NULL"),
        postgresql_where=text("theme_code IS NOT NULL"),
    ),
    *(
        Index(
            f"ix_items_{name}",
            name,
            sqlite_where=text(f"{name} IS NOT NULL"),
            postgresql_where=text(f"{name} IS NOT NULL"),
        )
        for name in ("by_index", "by_document", "by_content")
    ),
    *(  # what items are grouped by, with all that is asked of them there: no item is read for it
        Index(f"ix_items_{name}", *columns, sqlite_where=text(where), postgresql_where=text(where))
        for name, columns, where in (
            (
                "unit_index_number",
                ("unit", "index_number", "page_read", "withdrawn_at", "id"),
                "index_number IS NOT NULL",
            ),
            (
                "document_number",
                ("document_number", "unit", "page_read", "withdrawn_at", "id"),
                "document_number IS NOT NULL",
            ),
            ("unit_title", ("unit", "title", "published_on", "page_read", "id"), "published_on IS NOT NULL"),
            ("unit_column_published_at", ("unit", "column", "published_at"), "published_at IS NOT NULL"),
            ("unit_validity", ("unit", "id"), "validity IS NOT NULL"),
            ("same_as", ("same_as", "id"), "same_as IS NOT NULL"),
        )
    ),
)

item_addresses = Table(
    "item_addresses",
    metadata,
    Column("address_key", Text, primary_key=True),
    Column("unit", Text, primary_key=True),
    _required("item_id", Text, ForeignKey("items.id")),
    _required("url", Text),
    sqlite_with_rowid=False,
)

item_revisions = Table(  # also the outbox: a revision and its entry are one row, so neither is ever without the other
    "item_revisions",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    _required("item_id", Text, ForeignKey("items.id")),
    _required("revision", Integer),
    _required("action", Text),  # upsert | delete
    _required("datestamp", UtcDateTime),  # our clock at writing; never runs backwards as seq grows
    _required("changed", Json),  # names of the fields that differ from the revision before
    _required("payload", Text),  # the whole item as JSON, word for word as it is delivered
    UniqueConstraint("item_id", "revision"),
    Index("ix_item_revisions_datestamp_seq", "datestamp", "seq"),
    Index(
        "ix_item_revisions_changed",
        "seq",
        sqlite_where=text("revision > 1"),
        postgresql_where=text("revision > 1"),
    ),
)

list_rows = Table(  # every row that a column's list shows or showed, and the item it leads to
    "list_rows",
    metadata,
    Column("address_key", Text, primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("column", Text, primary_key=True),
    _required("url", Text),
    _required("title", Text),
    Column("row_date", Date),
    _required("first_seen", UtcDateTime),
    Column("not_before", UtcDateTime),
    _required("last_seen", UtcDateTime),  # of a row that still stands: or its column's last complete look, if later
    Column("missing_since", UtcDateTime),
    _required("missing_looks", Integer, server_default=text("0")),
    Column("item_id", Text, ForeignKey("items.id"), index=True),
    _required("read", Boolean, server_default=false()),  # the linked item's article was read
    Column("item_on", Date),  # the linked item's displayed date of publication
    Column("shown_on", Date),  # coalesce(item_on, row_date)
    _required("tries", Integer, server_default=text("0")),  # looks at the article since the last good one
    Column("last_outcome", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Index("ix_list_rows_unit_column_shown_on", "unit", "column", "shown_on"),
    Index(
        "ix_list_rows_missing_since",
        "missing_since",
        sqlite_where=text("missing_since IS NOT NULL"),
        postgresql_where=text("missing_since IS NOT NULL"),
    ),
)

column_looks = Table(  # of each column's list: its complete looks, and since when and why its changes are held
    "column_looks",
    metadata,
    Column("unit", Text, primary_key=True),
    Column("column", Text, primary_key=True),
    Column("first_complete_at", UtcDateTime),
    Column("last_complete_at", UtcDateTime),
    _required("complete_looks", Integer, server_default=text("0")),
    Column("last_walk_at", UtcDateTime),
    Column("held_since", UtcDateTime),
    Column("held_reason", Text),
    Column("held_lost", Integer),
    Column("held_of", Integer),
    Column("held_sample", Json),  # a few of what is gone: title, url, date
)

accepted_changes = Table(  # a person looked at what was held and let it through, once
    "accepted_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("unit", Text),
    _required("column", Text),
    _required("reason", Text),  # why the column was held
    _required("lost", Integer),
    _required("of", Integer),
    _required("who", Text),
    _required("why", Text),
    _required("at", UtcDateTime),
    Column("used_at", UtcDateTime),  # when the next look ended it
    Column("outcome", Text),  # taken_over: what was held was let through; not_needed: the look was as usual
    Index("ix_accepted_changes_unit_column", "unit", "column"),
)

# ------------------------------------------------------------------ one document at several units

identity_marks = Table(  # what an item is found by among those of other units (catalogue/fingerprint.py)
    "identity_marks",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    _required("item_id", Text, ForeignKey("items.id"), unique=True),
    _required("hashes", LargeBinary),  # 64-bit numbers, as they stand in identity_keys
    Column("sketch", LargeBinary),
)

identity_keys = Table(  # a number, address, title, text or band of a sketch, hashed; items that share one are compared
    "identity_keys",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

identity_pairs = Table(  # what comparing came to; ``one`` < ``other``
    "identity_pairs",
    metadata,
    Column("one", Text, ForeignKey("items.id"), primary_key=True),
    Column("other", Text, ForeignKey("items.id"), primary_key=True, index=True),
    _required("same", Boolean),  # False: near, for a person to look at
    _required("reason", Text),
    Column("score", Float),
    Index(
        "ix_identity_pairs_score",
        "score",
        sqlite_where=text("NOT same"),
        postgresql_where=text("NOT same"),
    ),
)

identity_decisions = Table(  # what people said of two items; the latest counts, and no rule overrules it
    "identity_decisions",
    metadata,
    Column("one", Text, ForeignKey("items.id"), primary_key=True),
    Column("other", Text, ForeignKey("items.id"), primary_key=True, index=True),
    _required("same", Boolean),
    Column("away", Text),  # the one of them that was joined to the other
    _required("who", Text),
    _required("why", Text),
    _required("at", UtcDateTime),
)

identity_events = Table(  # every joining and parting, for good
    "identity_events",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("at", UtcDateTime),
    _required("what", Text),  # merged | parted | leads | confirmed
    _required("item_id", Text, ForeignKey("items.id"), index=True),
    Column("leader", Text, index=True),  # of the item from now on; of a parted one: that it had
    _required("who", Text),
    _required("reason", Text),
    Column("score", Float),
    _required("facts", Json),
)

# ------------------------------------------------------------------ search

# The words themselves are in ``search_words``, which each database has in a form of its own (see the migration 0014).
search_docs = Table(
    "search_docs",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    _required("item", Text, unique=True),
    _required("seq", BigInteger),  # the revision that is indexed
)

search_state = Table(
    "search_state",
    metadata,
    Column("name", Text, primary_key=True),  # seq | version | generation
    _required("value", BigInteger),
)

# ------------------------------------------------------------------ what was seen, and the crawler's memory

observations = Table(  # every look, kept as it came out
    "observations",
    metadata,
    Column("id", Text, primary_key=True),
    _required("unit", Text),
    Column("column", Text),
    _required("subject", Text),
    _required("url", Text),
    _required("at", UtcDateTime),
    _required("seconds", Float),
    _required("outcome", Text),
    Column("status", Integer),
    Column("reason", Text),
    Column("detail", Text),
    _required("facts", Json),
    _required("evidence", Json),
    Index("ix_observations_at_id", "at", "id"),
    Index("ix_observations_unit_column_subject_at", "unit", "column", "subject", "at"),
    Index("ix_observations_subject_at_unit_outcome", "subject", "at", "unit", "outcome"),  # counted without reading
)

observation_heads = Table(  # the latest look and the latest good one, so that nobody scans years of looks
    "observation_heads",
    metadata,
    Column("unit", Text, primary_key=True),
    Column("column", Text, primary_key=True),  # "" where the look was not at a column
    Column("subject", Text, primary_key=True),
    _required("latest_id", Text),
    _required("latest_at", UtcDateTime),
    Column("good_id", Text),
    Column("good_at", UtcDateTime),
)

list_pages = Table(  # what each request of a list last gave, so that what did not change is not read again
    "list_pages",
    metadata,
    Column("unit", Text, primary_key=True),
    Column("column", Text, primary_key=True),
    Column("request_key", Text, primary_key=True),
    _required("url", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    _required("sha256", Text),
    _required("rows", Json),
    Column("next", Json),
    _required("ended", Boolean),
    Column("total_pages", Integer),
    Column("total_rows", Integer),
    _required("seen_at", UtcDateTime),
)

leases = Table(  # what one run at a time works on: hosts, receivers
    "leases",
    metadata,
    Column("host", Text, primary_key=True),
    _required("holder", Text),
    _required("until", UtcDateTime),
)

archive_seals = Table(  # what each archive file held when it was closed, chained, so that tampering shows
    "archive_seals",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _required("name", Text, unique=True),
    _required("records", Integer),
    _required("size", BigInteger),
    _required("head", Text),
    _required("link", Text),
    _required("sealed_at", UtcDateTime),
)

# ------------------------------------------------------------------ judging

verdicts = Table(
    "verdicts",
    metadata,
    Column("key", Text, primary_key=True),  # of rule, unit, column and item
    _required("rule", Text),
    _required("rule_version", Text),
    _required("unit", Text),
    Column("column", Text),
    Column("item", Text),
    _required("verdict", Text),
    Column("reason", Text),
    _required("as_of", Date),
    Column("kind", Text),
    Column("severity", Text),
    Column("basis", Text),
    _required("facts", Json),
    _required("evidence", Json),
    Column("coverage", Float),
    _required("since", UtcDateTime),  # since when the verdict has been this one (breach, compliant, …)
    _required("digest", Text),  # of everything but as_of: an unchanged verdict is not written again
    Index("ix_verdicts_rule_as_of", "rule", "as_of"),
    Index("ix_verdicts_unit_column", "unit", "column"),
    Index(
        "ix_verdicts_item",
        "item",
        sqlite_where=text("item IS NOT NULL"),
        postgresql_where=text("item IS NOT NULL"),
    ),
)

findings = Table(
    "findings",
    metadata,
    Column("id", Text, primary_key=True),
    _required("rule", Text),
    _required("rule_version", Text),
    _required("kind", Text),
    _required("severity", Text),
    _required("unit", Text),
    Column("column", Text),
    Column("item", Text),
    _required("state", Text),
    _required("opened_at", UtcDateTime),
    Column("closed_at", UtcDateTime),  # since when it is held against nobody: closed, or waived
    Column("waived_until", Date),
    _required("basis", Text),
    _required("facts", Json),
    _required("evidence", Json),
    Column("coverage", Float),
    Index("ix_findings_state_id", "state", "id"),
    Index("ix_findings_unit_state", "unit", "state"),
)

finding_events = Table(
    "finding_events",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("finding", Text, ForeignKey("findings.id"), index=True),
    _required("at", UtcDateTime),
    _required("who", Text),
    _required("step", Text),
    Column("note", Text),
    Column("verdict", Json),  # the verdict that made this step, whole: it can be replayed when the finding has moved on
)

proofs = Table(  # files that people hand in with a step
    "proofs",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("finding", Text, ForeignKey("findings.id"), index=True),
    _required("event", Integer, ForeignKey("finding_events.id"), index=True),
    _required("name", Text),
    _required("kind", Text),  # what the content is: pdf, png …
    _required("size", Integer),  # bytes
    _required("sha256", Text),
    _required("who", Text),
    _required("at", UtcDateTime),
    _required("content", LargeBinary),
)

# ------------------------------------------------------------------ what assessing tells the console

boards = Table(  # the scoreboard of the city as of a day; a day judged again is told anew
    "boards",
    metadata,
    Column("day", Date, primary_key=True),
    _required("told_at", UtcDateTime),
    _required("board", Json),  # all but the units' lines
)

standings = Table(  # each unit's line of it
    "standings",
    metadata,
    Column("day", Date, primary_key=True),
    Column("unit", Text, primary_key=True),
    _required("line", Json),  # points, rank, groups, vetoes, open findings, coverage
    _required("cells", Json),  # rule → its verdicts by kind, counted
    Column("losses", Json),  # every lost point; only of the last day told, for they are long
    Index("ix_standings_unit_day", "unit", "day"),
)

rule_texts = Table(  # the rules as they hold for the city, in words
    "rule_texts",
    metadata,
    Column("rule", Text, primary_key=True),
    _required("text", Json),
    _required("told_at", UtcDateTime),
)

due_dates = Table(  # what units owe by a day, as last told; dates that are past and met are left out
    "due_dates",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),  # in the order of the days
    _required("unit", Text),
    Column("column", Text),
    Column("item", Text),
    _required("rule", Text),
    _required("nature", Text),  # recurring | prompt | standing
    _required("title", Text),
    _required("due_on", Date),
    _required("facts", Json),
    Index("ix_due_dates_due_on", "due_on", "number"),
    Index("ix_due_dates_unit_due_on", "unit", "due_on"),
)

drift_told = Table(  # signs that columns are no longer read as they were, as last told
    "drift_told",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),  # in the order of the registry
    *(_required(name, Text) for name in ("unit", "column", "what", "was", "now", "proposal")),
    _required("told_at", UtcDateTime),
)

papers = Table(  # what was made to be sent or printed, as it was made
    "papers",
    metadata,
    Column("id", Text, primary_key=True),
    _required("kind", Text),  # reminder, rectification, bulletin, workbook, board …
    Column("unit", Text),
    _required("name", Text),  # of its file
    _required("media_type", Text),
    _required("size", BigInteger),
    _required("sha256", Text),
    _required("facts", Json),  # what it was made of: day, period, findings it names
    _required("made_at", UtcDateTime),
    _required("made_by", Text),
    _required("content", LargeBinary),
    Index("ix_papers_made_at", "made_at", "id"),
)

# ------------------------------------------------------------------ frozen periods

periods = Table(
    "periods",
    metadata,
    Column("name", Text, primary_key=True),
    _required("first", Date),
    _required("last", Date),
    _required("as_of", Date),
    _required("early", Boolean),
    _required("frozen_at", UtcDateTime),
    _required("frozen_by", Text),
    Column("note", Text),
    _required("board", Text),  # JSON as text, here and below: word for word as it was frozen
    _required("regulation", Text),
    _required("regulation_digest", Text),
    _required("city", Text),
    _required("file", Text),
    _required("rows", Integer),
    _required("digest", Text),
    _required("sha256", Text),
)

period_amendments = Table(
    "period_amendments",
    metadata,
    Column("period", Text, ForeignKey("periods.name"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    _required("unit", Text),
    _required("at", UtcDateTime),
    _required("who", Text),
    _required("reason", Text),
    _required("changes", Text),
    _required("before", Text),
    _required("after", Text),
    _required("ranks", Text),
)

# ------------------------------------------------------------------ what units say they owe

duty_directories = Table(
    "duty_directories",
    metadata,
    Column("unit", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),  # 1, 2, 3 … of this unit
    _required("imported_at", UtcDateTime),
    _required("source", Text),
    _required("sha256", Text),
    _required("in_force_from", Date),
    _required("unread", Json),
)

duties = Table(
    "duties",
    metadata,
    Column("unit", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("row", Integer, primary_key=True, autoincrement=False),
    _required("key", Text),
    Column("level1", Text),
    Column("level2", Text),
    Column("level3", Text),
    Column("content", Text),
    Column("basis", Text),
    Column("limit_text", Text),
    Column("limit", Json),
    Column("duration", Text),
    Column("subject", Text),
    Column("channel", Text),
    Column("audience", Text),
    Column("mode", Text),
    Column("tier", Text),
    _required("place", Text),
    _required("since", Date),
    _required("mapping", Json),  # as the import found it
    ForeignKeyConstraint(["unit", "version"], ["duty_directories.unit", "duty_directories.version"]),
    Index("ix_duties_unit_key", "unit", "key"),
)

duty_corrections = Table(  # who said otherwise, when and why; the latest of a duty counts, in later versions as well
    "duty_corrections",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("unit", Text),
    _required("key", Text),
    _required("at", UtcDateTime),
    _required("who", Text),
    Column("why", Text),
    _required("columns", Json),
    Index("ix_duty_corrections_unit_key", "unit", "key"),
)

# ------------------------------------------------------------------ handing on

deliveries = Table(  # receipts: up to which change a receiver has taken what
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("receiver", Text),
    _required("seq", BigInteger),
    _required("at", UtcDateTime),
    _required("receipt", Json),
    UniqueConstraint("receiver", "seq"),
)

receivers = Table(  # where each receiver of the catalogue stands; one that left the receivers file keeps its place
    "receivers",
    metadata,
    Column("name", Text, primary_key=True),
    Column("kind", Text),
    _required("seq", BigInteger),  # up to which number it has everything, what it refused aside
    _required("since", UtcDateTime),
    Column("left_at", UtcDateTime),
    Column("at", UtcDateTime),  # of its last receipt
    _required("failures", Integer),  # in a row
    Column("error", Text),  # of the last one
    Column("failed_since", UtcDateTime),  # the first of them
    Column("tried_at", UtcDateTime),
    Column("next_attempt_at", UtcDateTime),
)

dead_letters = Table(  # a row a change that a receiver refused for good, however often it was sent
    "dead_letters",
    metadata,
    Column("receiver", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    _required("item_id", Text),
    _required("revision", Integer),
    _required("reason", Text),
    _required("tries", Integer),
    _required("first_at", UtcDateTime),
    _required("last_at", UtcDateTime),
    _required("state", Text),  # open | superseded (by a later change of the item) | delivered
    Column("settled_at", UtcDateTime),
    Column("settled_by", BigInteger),  # number of the change that was sent instead, or at last
    Index("ix_dead_letters_receiver_item_id", "receiver", "item_id"),
    Index(
        "ix_dead_letters_open",
        "receiver",
        "seq",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
)

reconciliations = Table(  # what a receiver held, compared with what it should have held
    "reconciliations",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("receiver", Text),
    _required("began_at", UtcDateTime),
    _required("ended_at", UtcDateTime),
    _required("seq", BigInteger),  # the receiver's cursor then
    _required("ours", Integer),
    _required("held", Integer),
    _required("counts", Json),
    _required("drift", Integer),
    _required("samples", Json),
    Index("ix_reconciliations_receiver_id", "receiver", "id"),
)

secrets = Table(  # what only this installation knows
    "secrets",
    metadata,
    Column("name", Text, primary_key=True),
    _required("value", Text),
)

# ------------------------------------------------------------------ asked by the console

requests = Table(  # what the console leaves for a worker, and what came of it
    "requests",
    metadata,
    Column("id", Text, primary_key=True),
    _required("kind", Text),
    _required("payload", Json),
    _required("state", Text),  # left | claimed | done | failed
    _required("left_at", UtcDateTime),
    Column("claimed_by", Text),
    Column("claimed_at", UtcDateTime),
    Column("answered_at", UtcDateTime),
    Column("result", Json),
    Column("error", Text),
    Index("ix_requests_state_left_at", "state", "left_at"),
)

# ------------------------------------------------------------------ notices

notices = Table(  # a row for each channel that something is told by
    "notices",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("key", Text),  # of the event, the audience and the unit: nothing is told twice
    _required("channel", Text),
    _required("audience", Text),  # unit | office | operator
    Column("unit", Text),  # who is written to, of the audience unit
    _required("kind", Text),
    _required("subject", Text),  # the finding, or the fault
    _required("facts", Json),
    _required("made_at", UtcDateTime),
    _required("state", Text),  # waiting | sent | failed | overtaken
    Column("message", Text),  # number of the message it goes out in; kept over tries
    _required("tries", Integer),
    Column("error", Text),
    Column("next_attempt_at", UtcDateTime),
    Column("settled_at", UtcDateTime),
    UniqueConstraint("key", "channel"),
    Index("ix_notices_state_id", "state", "id"),
    Index("ix_notices_subject", "subject"),
    Index("ix_notices_settled_at", "settled_at"),
)

notice_faults = Table(  # what is amiss on our side now; a row goes when it is in order again
    "notice_faults",
    metadata,
    Column("key", Text, primary_key=True),
    _required("kind", Text),
    Column("unit", Text),
    _required("since", UtcDateTime),
    _required("facts", Json),
)

notice_channels = Table(  # how each channel does; one that left the channels file is remembered
    "notice_channels",
    metadata,
    Column("name", Text, primary_key=True),
    _required("kind", Text),
    _required("audiences", Json),
    _required("since", UtcDateTime),
    Column("left_at", UtcDateTime),
    _required("failures", Integer),  # in a row
    Column("error", Text),  # of the last one
    Column("failed_since", UtcDateTime),
    Column("sent_at", UtcDateTime),
)

# ------------------------------------------------------------------ people

accounts = Table(
    "accounts",
    metadata,
    Column("name", Text, primary_key=True),
    _required("shown", Text),
    _required("role", Text),
    Column("unit", Text),
    _required("password", Text),  # its Argon2id hash; empty: none, they sign in by their identity
    _required("made_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("signed_in_at", UtcDateTime),
)

identities = Table(  # who an account is at the OpenID Connect provider
    "identities",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    _required("account", Text, ForeignKey("accounts.name")),
    _required("shown", Text),  # the name that the provider calls them by, for people to read
    _required("linked_at", UtcDateTime),
    Index("uq_identities_account", "account", unique=True),
)

invitations = Table(
    "invitations",
    metadata,
    Column("token", Text, primary_key=True),  # its hash
    _required("role", Text),
    Column("unit", Text),
    Column("account", Text),
    _required("made_by", Text),
    _required("made_at", UtcDateTime),
    _required("expires_at", UtcDateTime),
    Column("used_at", UtcDateTime),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token", Text, primary_key=True),  # its hash
    _required("account", Text, ForeignKey("accounts.name"), index=True),
    _required("begun_at", UtcDateTime),
    _required("seen_at", UtcDateTime),
    Column("address", Text),
)

sign_ins = Table(  # tries that failed within the last hour
    "sign_ins",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("account", Text, index=True),
    Column("address", Text, index=True),
    _required("at", UtcDateTime),
)

audit = Table(  # what everyone did; only ever added to
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("at", UtcDateTime),
    _required("who", Text, index=True),
    _required("action", Text),
    Column("subject", Text),
    _required("facts", Json),
    Column("address", Text),
)


# ------------------------------------------------------------------ files, and yearly reports

file_fetches = Table(  # files that items name, by address: whether we have them
    "file_fetches",
    metadata,
    Column("url", Text, primary_key=True),
    _required("host", Text, index=True),
    _required("unit", Text, index=True),  # of the item that named it first
    _required("column", Text),
    _required("item", Text, index=True),
    _required("state", Text),  # waiting, fetched, failed, refused
    Column("reason", Text),  # a machine word, a colon and words, where we do not have it
    Column("status", Integer),
    Column("sha256", Text, index=True),
    Column("told", Text),  # the sum that all items which name it were told; None: they are to be told
    Column("name", Text),  # that the answer gives it
    Column("etag", Text),
    Column("last_modified", Text),
    Column("evidence", Json),
    Column("fetched_at", UtcDateTime),
    Column("tried_at", UtcDateTime),
    _required("tries", Integer, server_default="0"),
    _required("asked_at", UtcDateTime),  # last wanted: first named, or the page that names it changed
    Index(
        "ix_file_fetches_untold",
        "url",
        sqlite_where=text("told IS NULL AND sha256 IS NOT NULL"),
        postgresql_where=text("told IS NULL AND sha256 IS NOT NULL"),
    ),
)

file_names = Table(  # every item that names a file, as it stands now
    "file_names",
    metadata,
    Column("url", Text, primary_key=True),
    Column("item", Text, primary_key=True, index=True),
)

file_contents = Table(  # what files say, by what they are and not by where they lay
    "file_contents",
    metadata,
    Column("sha256", Text, primary_key=True),
    _required("size", BigInteger),
    _required("kind", Text),  # pdf, docx, … as its bytes say
    _required("outcome", Text),  # read, scanned, …
    Column("detail", Text),
    Column("pages", Integer),
    _required("text", Text, server_default=""),
    _required("whole", Boolean),  # the text is all there is, not cut at a bound
    _required("reader", Text),  # the version that read it
    _required("evidence", Json),
    _required("read_at", UtcDateTime),
    Index("ix_file_contents_reader", "reader", "sha256"),
)

annual_reports = Table(  # yearly disclosure reports, published or come by mail, as read
    "annual_reports",
    metadata,
    Column("id", Text, primary_key=True),
    _required("unit", Text),
    Column("year", Integer),
    _required("source", Text),  # published, mail
    _required("name", Text),  # its title where published, its file name where it came by mail
    Column("url", Text),
    Column("column", Text),
    Column("item", Text, index=True),
    _required("format", Text),
    _required("sha256", Text),
    _required("outcome", Text),
    Column("detail", Text),
    Column("form", Text),
    Column("published_on", Date),
    Column("first_seen", UtcDateTime),
    Column("received_at", UtcDateTime),
    Column("received_by", Text),
    Column("note", Text),
    Column("evidence", Json),
    Column("content", LargeBinary),  # of what came by mail; what was published lies in the archive
    Column("report", Json),
    Column("checks", Json),
    _required("reader", Text),
    _required("read_at", UtcDateTime),
    Column("replaced_at", UtcDateTime),  # a later one of the unit and year stands in its place
    Index("ix_annual_reports_year_unit", "year", "unit"),
)

annual_figures = Table(  # figures that no table of the reports has, from an imported sheet
    "annual_figures",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("year", Integer, index=True),
    Column("unit", Text),
    _required("measure", Text),
    _required("value", Text),  # decimal
    _required("source", Text),
    _required("entered_by", Text),
    _required("entered_at", UtcDateTime),
)

annual_told = Table(  # the roll-up of a year, as last told
    "annual_told",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    _required("rollup", Json),
    _required("told_at", UtcDateTime),
)

annual_handed = Table(  # files handed in at the console that a worker has yet to take
    "annual_handed",
    metadata,
    Column("id", Text, primary_key=True),
    _required("what", Text),  # report, figures
    _required("year", Integer),
    Column("unit", Text),
    _required("name", Text),
    _required("content", LargeBinary),
    _required("by", Text),
    Column("received_on", Date),
    Column("note", Text),
    _required("left_at", UtcDateTime),
)
