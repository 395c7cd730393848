"""The tables of an exchange database (前置库): what the receiver's jobs read, and what is written of a change there.

Five tables under one prefix. ``items`` is what stands now, one row an item, ``changes`` the journal (流水) that only
grows, ``attachments`` the files of each revision, ``batches`` the receipts to reconcile by (对账), ``version`` whose
the tables are. A row of ``items`` follows from its ``payload`` alone, so that whoever altered one of the two shows.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection

from storage.exceptions import DeliveryFailed
from storage.tables import UtcDateTime

VERSION: Final = 1
_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_TEXTS: Final = {  # column, its field of the item, and its comment; fields that an item lacks are null
    "unit_id": ("unit", "公开主体编号"),
    "column_id": ("column", "栏目编号"),
    "title": ("title", "标题"),
    "category": ("category", "信息类别：政策法规、人事信息、新闻、工作动态、领导信息、规划计划、统计数据、机构职能"),
    "index_number": ("index_number", "索引号"),
    "document_number": ("document_number", "发文字号"),
    "issuer": ("issuer", "发文机关"),
    "publisher": ("publisher", "发布机构"),
    "source": ("source", "来源"),
    "summary": ("summary", "内容概述"),
    "validity": ("validity", "有效性"),
    "theme": ("theme", "主题分类"),
    "genre": ("genre", "体裁"),
    "statutory": ("statutory", "法定公开类别（条例第二十条、第二十一条）"),
    "stage": ("stage", "环节：征求意见、意见反馈、正式文件、解读"),
    "url": ("url", "原文地址"),
    "language": ("language", "语种"),
    "body_text": ("body_text", "正文"),
    "same_as": ("same_as", "本条为另一条信息的副本时，首发信息的编号"),
}
_DATES: Final = {
    "formed_on": "成文日期",
    "published_on": "发布日期",
    "effective_on": "生效日期",
    "repealed_on": "废止日期",
}
_TIMES: Final = {"published_at": "发布时间（UTC）"}
_SHOWN: Final = {  # what of a reflected type is compared: a DBA may have narrowed a type, not made it another
    "text": sa.String,
    "whole number": sa.Integer,
    "boolean": sa.Boolean,
    "date": sa.Date,
    "timestamp": sa.DateTime,
}


class Unfit(Exception):
    """Raised when a change cannot be a row: a date is none."""


@dataclass(frozen=True, kw_only=True)
class Tables:
    """The five tables, under the schema and prefix of one receiver."""

    metadata: sa.MetaData
    items: sa.Table
    changes: sa.Table
    attachments: sa.Table
    batches: sa.Table
    version: sa.Table


def tables(schema: str | None, prefix: str) -> Tables:
    """The tables as this code writes them."""
    metadata = sa.MetaData(schema=schema)

    def table(name: str, comment: str, *columns: sa.Column[Any] | sa.schema.SchemaItem) -> sa.Table:
        return sa.Table(f"{prefix}{name}", metadata, *columns, comment=comment)

    def required(name: str, kind: Any, comment: str, **more: Any) -> sa.Column[Any]:
        return sa.Column(name, kind, nullable=False, comment=comment, **more)

    def key(name: str, kind: Any, comment: str) -> sa.Column[Any]:
        return sa.Column(name, kind, primary_key=True, autoincrement=False, comment=comment)

    # ids are compared as bytes on both databases, so that they come in one order
    identity = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    return Tables(
        metadata=metadata,
        items=table(
            "items",
            "信息现状表：每条信息一行，只由供数方写入",
            key("id", identity, "信息编号，长期不变"),
            required("revision", sa.Integer, "修订号，从1递增"),
            required("seq", _WHOLE, "最近一次变更的变更号"),
            required("deleted", sa.Boolean, "是否已撤下或已并入其他信息"),
            required("datestamp", UtcDateTime, "变更时间（UTC）"),
            *(sa.Column(name, sa.Text, comment=comment) for name, (_, comment) in _TEXTS.items()),
            *(sa.Column(name, sa.Date, comment=comment) for name, comment in _DATES.items()),
            *(sa.Column(name, UtcDateTime, comment=comment) for name, comment in _TIMES.items()),
            required("payload", sa.Text, "变更全文（JSON，UTF-8）"),
            required("sha256", sa.Text, "变更全文的SHA-256"),
            required("written_at", UtcDateTime, "写入时间（UTC）"),
        ),
        changes=table(
            "changes",
            "变更流水表：只增不改，接收方按流水号读取，并可在处理列上标记",
            key("number", _WHOLE, "流水号，按写入次序递增"),
            required("seq", _WHOLE, "供数方的变更号", unique=True),
            required("item_id", identity, "信息编号"),
            required("revision", sa.Integer, "修订号"),
            required("action", sa.Text, "upsert 新增或更新，delete 撤下"),
            required("datestamp", UtcDateTime, "变更时间（UTC）"),
            required("payload", sa.Text, "变更全文（JSON，UTF-8）"),
            required("sha256", sa.Text, "变更全文的SHA-256"),
            required("written_at", UtcDateTime, "写入时间（UTC）"),
            required("status", sa.Integer, "处理状态，由接收方写：0 未取，1 已取", server_default=sa.text("0")),
            sa.Column("taken_at", UtcDateTime, comment="处理时间，由接收方写"),
            sa.Column("remark", sa.Text, comment="处理备注，由接收方写"),
            sa.UniqueConstraint("item_id", "revision"),
            # a job of theirs that asks for what it has not taken reads no row that it has
            sa.Index(
                f"ix_{prefix}changes_untaken",
                "number",
                sqlite_where=sa.text("status = 0"),
                postgresql_where=sa.text("status = 0"),
            ),
        ),
        attachments=table(
            "attachments",
            "附件表：每条信息每次修订的附件，只增不改",
            key("item_id", identity, "信息编号"),
            key("revision", sa.Integer, "修订号"),
            key("position", sa.Integer, "次序，从1起"),
            required("name", sa.Text, "附件名称"),
            required("url", sa.Text, "附件地址"),
            sa.Column("type", sa.Text, comment="文件类型"),
            sa.Column("size", _WHOLE, comment="字节数"),
            sa.Column("sha256", sa.Text, comment="文件的SHA-256"),
        ),
        batches=table(
            "batches",
            "批次回执表：供对账，每批一行",
            key("id", _WHOLE, "批次号"),
            required("first_seq", _WHOLE, "本批首个变更号"),
            required("last_seq", _WHOLE, "本批末个变更号：此前的变更均已送达"),
            sa.Column("first_number", _WHOLE, comment="本批首个流水号"),
            sa.Column("last_number", _WHOLE, comment="本批末个流水号"),
            required("rows", sa.Integer, "本批写入流水表的行数"),
            required("upserts", sa.Integer, "其中新增或更新"),
            required("deletes", sa.Integer, "其中撤下"),
            required("refused", sa.Integer, "因不合约束未能写入的变更数"),
            required("sha256", sa.Text, "本批各行变更全文按流水号次序、各加换行后的SHA-256"),
            required("written_at", UtcDateTime, "写入时间（UTC）"),
        ),
        version=table(
            "version",
            "版本表：本组表的格式版本",
            key("version", sa.Integer, "格式版本"),
            required("made_at", UtcDateTime, "建表时间（UTC）"),
        ),
    )


# ------------------------------------------------------------------ a change as rows


def item_row(facts: Mapping[str, Any], payload: str, sha256: str) -> dict[str, Any]:
    """The row of ``items`` for a change, but for ``written_at``. ``facts`` is ``payload`` read as JSON.

    :raises Unfit: a date of it is none.
    """
    row: dict[str, Any] = {
        "id": facts["id"],
        "revision": facts["revision"],
        "seq": facts["seq"],
        "deleted": facts["deleted"],
        "payload": payload,
        "sha256": sha256,
        "datestamp": _read(facts, "datestamp", _time),
    }
    for name, (field, _) in _TEXTS.items():
        row[name] = facts.get(field)
    for name in _DATES:
        row[name] = _read(facts, name, dt.date.fromisoformat)
    for name in _TIMES:
        row[name] = _read(facts, name, _time)
    return row


def attachment_rows(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of ``attachments`` for a change."""
    return [
        {
            "item_id": facts["id"],
            "revision": facts["revision"],
            "position": position,
            **{name: one.get(name) for name in ("name", "url", "type", "size", "sha256")},
        }
        for position, one in enumerate(facts.get("attachments") or (), start=1)
    ]


def follows_from_payload(row: sa.RowMapping) -> bool:
    """Whether a row of ``items`` is word for word what its payload says."""
    try:
        facts = json.loads(row["payload"])
        expected = item_row(facts, row["payload"], hashlib.sha256(row["payload"].encode()).hexdigest())
    except (ValueError, KeyError, TypeError, AttributeError, Unfit):
        return False
    return all(row[name] == value for name, value in expected.items())


def _time(text: str) -> dt.datetime:
    told = dt.datetime.fromisoformat(text)
    if told.tzinfo is None:
        raise ValueError(text)
    return told.astimezone(dt.UTC)


def _read(facts: Mapping[str, Any], name: str, read: Callable[[str], Any]) -> Any:
    told = facts.get(name)
    if told is None:
        return None
    try:
        return read(told)
    except (TypeError, ValueError) as problem:
        wanted = "a time with its zone" if read is _time else "a day like 2026-03-31"
        raise Unfit(f"{name}: found {told!r}, expected {wanted}") from problem


# ------------------------------------------------------------------ the tables in the database


def ready(connection: Connection, mine: Tables, where: str) -> None:
    """Makes the tables where none of them is there, and otherwise checks that they are ours, in a write transaction.

    :raises DeliveryFailed: one is missing or is not what this code writes, or a newer version made them.
    """
    inspector = sa.inspect(connection)
    schema = mine.metadata.schema
    there = set(inspector.get_table_names(schema=schema))
    missing = [table.name for table in mine.metadata.sorted_tables if table.name not in there]
    if len(missing) == len(mine.metadata.sorted_tables):
        if schema is not None and schema not in inspector.get_schema_names():
            connection.execute(sa.schema.CreateSchema(schema, if_not_exists=True))
        mine.metadata.create_all(connection)
        connection.execute(sa.insert(mine.version).values(version=VERSION, made_at=dt.datetime.now(dt.UTC)))
        return
    if mine.version.name in missing:
        other = next(table.name for table in mine.metadata.sorted_tables if table.name in there)
        raise DeliveryFailed(
            f"{where}: holds a table {other} but no {mine.version.name}, so gongkai did not make it: "
            "give this receiver another prefix: or pg_schema:"
        )
    found = connection.execute(sa.select(sa.func.max(mine.version.c.version))).scalar()
    if found is None or found > VERSION:
        told = "says nothing" if found is None else f"says {found}"
        raise DeliveryFailed(
            f"{where}: {mine.version.name} {told}, this program writes version {VERSION}: "
            "use the version of gongkai that made these tables"
        )
    if missing:
        raise DeliveryFailed(f"{where}: the table {missing[0]} is missing: put it back (gongkai deliver ddl prints it)")
    for table in mine.metadata.sorted_tables:
        _check(inspector, table, where)


def _check(inspector: sa.Inspector, table: sa.Table, where: str) -> None:
    found = {one["name"]: one for one in inspector.get_columns(table.name, schema=table.schema)}
    for column in table.columns:
        if column.name not in found:
            raise DeliveryFailed(f"{where}: the column {table.name}.{column.name} is missing: put it back")
        wanted = _family(column.type)
        told = found[column.name]["type"]
        if not isinstance(told, _SHOWN[wanted]):
            raise DeliveryFailed(f"{where}: the column {table.name}.{column.name} is {told!s}, expected {wanted}")
        if column.nullable and not found[column.name]["nullable"]:
            raise DeliveryFailed(
                f"{where}: the column {table.name}.{column.name} must be allowed to be null: not every item has one, "
                "and a withdrawn item has none"
            )
    for name, one in found.items():
        if name not in table.columns and not one["nullable"] and one["default"] is None:
            raise DeliveryFailed(
                f"{where}: the column {table.name}.{name} is not gongkai's and must be given a value: "
                "let it be null or give it a default"
            )
    key = set(inspector.get_pk_constraint(table.name, schema=table.schema)["constrained_columns"])
    wanted_key = {column.name for column in table.primary_key}
    if key != wanted_key:
        raise DeliveryFailed(
            f"{where}: the primary key of {table.name} is ({', '.join(sorted(key))}), "
            f"expected ({', '.join(sorted(wanted_key))})"
        )


def _family(kind: Any) -> str:
    plain = kind.impl if isinstance(kind, UtcDateTime) else kind
    return next(name for name, family in _SHOWN.items() if isinstance(plain, family))


def ddl(url: URL, mine: Tables) -> str:
    """What a DBA runs so that a user who may make no table can write: tables, comments, the version, the rights."""
    dialect = url.get_dialect()()
    told: list[str] = []

    def tell(statement: Any, *_: Any, **__: Any) -> None:
        told.append(str(statement.compile(dialect=dialect)))

    schema, quote = mine.metadata.schema, dialect.identifier_preparer.quote
    if schema is not None:
        tell(sa.schema.CreateSchema(schema, if_not_exists=True))
    mine.metadata.create_all(sa.create_mock_engine(url, tell), checkfirst=False)
    names = {table: dialect.identifier_preparer.format_table(table) for table in mine.metadata.sorted_tables}
    tell(sa.text(f"INSERT INTO {names[mine.version]} (version, made_at) VALUES ({VERSION}, CURRENT_TIMESTAMP)"))  # noqa: S608 our own names
    if url.get_backend_name() == "postgresql" and url.username:
        if schema is not None:
            told.append(f"GRANT USAGE ON SCHEMA {quote(schema)} TO {quote(url.username)}")
        for table, name in names.items():
            rights = {mine.items: "SELECT, INSERT, UPDATE", mine.version: "SELECT"}.get(table, "SELECT, INSERT")
            told.append(f"GRANT {rights} ON {name} TO {quote(url.username)}")
    return "".join(f"{statement.strip()};\n" for statement in told)
