"""How the schema came to be, one revision after the other (Alembic). ``HEAD`` is what this code reads and writes."""

from typing import Final

HEAD: Final = "0025"  # a test holds it to be the last of ``versions/``
