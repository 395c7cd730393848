"""Feeds of changes, Atom and JSON: the newest changes first, the older ones in archives that hang one behind another.

Each item is one entry, as it was last delivered, in the place of its last change; a withdrawn one is a tombstone. An
archive is a fixed range of numbers, complete when it is first told of, so its address stays and a reader who has been
there need not go again (RFC 5005, 4). What changes later leaves it and comes again among the newest. So a reader who
follows ``prev-archive`` until it meets an archive it knows, however rarely it looks, misses nothing.
"""

from storage.feeds.answering import ENDINGS, Answer, answer, asked_of

__all__ = ["ENDINGS", "Answer", "answer", "asked_of"]
