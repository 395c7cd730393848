"""Ways of listing, one module each, recognised per column and never per host.

An engine module has:

- ``NAME``: its name in output and in ``Fetch.state["engine"]``;
- ``recognise(doc) -> bool``: whether this column page (or API answer) is listed this way;
- ``read(doc) -> Listing``: what the column page lists itself; ``Listing.next`` is the first further request,
  which for API-driven columns is the request for page 1;
- ``more(doc, fetch) -> Listing``: what the answer to ``fetch`` lists.

Engines are pure: bytes in, rows out. ``ENGINES`` is in the order of recognition (most specific first).
"""

from __future__ import annotations
