"""Faults that are ours to live with: what a seeded fault makes of a healthy answer. None says anything about a unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.city.model import Column
from tests.city.web import Request, Response

if TYPE_CHECKING:
    from tests.city.site import SiteApp


def apply(app: SiteApp, column: Column, request: Request, role: str, healthy: Callable[[], Response]) -> Response:
    """The answer under the column's fault."""
    return healthy()
