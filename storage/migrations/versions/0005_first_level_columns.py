"""Columns say whether they are of the first level; those known so far are.

Revision 0005. The facts of a column are compared as a whole when a city file is applied: without the new one every
column would seem changed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_columns = sa.table(
    "columns",
    sa.column("unit", sa.Text()),
    sa.column("id", sa.Text()),
    sa.column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")),
)


def upgrade() -> None:
    for unit, column, facts in _all():
        _write(unit, column, {**facts, "first_level": True})


def downgrade() -> None:
    for unit, column, facts in _all():
        _write(unit, column, {name: value for name, value in facts.items() if name != "first_level"})


def _all() -> list[tuple[str, str, dict[str, object]]]:
    found = op.get_bind().execute(sa.select(_columns.c.unit, _columns.c.id, _columns.c.facts))
    return [(row.unit, row.id, row.facts) for row in found]


def _write(unit: str, column: str, facts: dict[str, object]) -> None:
    here = (_columns.c.unit == unit, _columns.c.id == column)
    op.get_bind().execute(sa.update(_columns).where(*here).values(facts=facts))
