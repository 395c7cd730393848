"""What a page carries beside its content: national meta tags, footer, hidden links. The facts that the rules on every
page of a site are judged by.

A ``Document`` comes in, JSON-safe facts go out, small enough to be kept with every look: what is found is cut short and
counted. Nothing is judged here.
"""

from __future__ import annotations

from typing import Any

from harvesters.reading.document import Document
from harvesters.reading.footer import read_footer
from harvesters.reading.hidden_links import hidden_links
from harvesters.reading.tags import tags_of, written_tags

_FEWEST_LINKS = 3  # a page of fewer is one that scripts have yet to fill, or a splash page


def furniture_of(doc: Document, *, footer: bool) -> dict[str, Any] | None:
    """The facts of one page; None where the response is no page of mark-up.

    ``tags`` (national name → values), ``written_tags`` (names that scripts may write), ``shell`` (the page links next
    to nothing), ``hidden`` (see ``hidden_links``) and, where asked for, ``footer`` (see ``read_footer``).
    """
    if doc.text.lstrip("\ufeff \t\r\n")[:1] != "<" or doc.tree.head is None:
        return None
    facts: dict[str, Any] = {"tags": {name: list(values) for name, values in tags_of(doc).items()}}
    written = written_tags(doc)
    links = doc.tree.css("a")
    optional = {
        "written_tags": list(written),
        "shell": len(links) < _FEWEST_LINKS,
        "hidden": hidden_links(doc),
    }
    facts |= {name: value for name, value in optional.items() if value}
    if footer:
        facts["footer"] = read_footer(doc)
    return facts
