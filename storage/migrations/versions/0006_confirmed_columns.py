"""Columns say who found them in their place; of those known so far nobody has.

Revision 0006. The facts of a column are compared as a whole when a city file is applied: without the new one every
column would seem changed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
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
        _write(unit, column, {**facts, "confirmed": None})


def downgrade() -> None:
    for unit, column, facts in _all():
        _write(unit, column, {name: value for name, value in facts.items() if name != "confirmed"})


def _all() -> list[tuple[str, str, dict[str, object]]]:
    found = op.get_bind().execute(sa.select(_columns.c.unit, _columns.c.id, _columns.c.facts))
    return [(row.unit, row.id, row.facts) for row in found]


def _write(unit: str, column: str, facts: dict[str, object]) -> None:
    here = (_columns.c.unit == unit, _columns.c.id == column)
    op.get_bind().execute(sa.update(_columns).where(*here).values(facts=facts))
