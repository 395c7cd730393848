"""What we know, kept and shown: the unified schema, the database behind its doors, the formats, the windows on it.

The doors are functions of a ``Database``: ``registry`` (who owes what), ``catalogue`` (items, rows, revisions),
``observations`` (looks), ``list_pages`` and ``leases`` (the crawler's memory), ``findings`` (verdicts and their life),
``periods`` (scoreboards that were frozen), ``outbox`` (what consumers have yet to get, and where each stands),
``requests`` (what the console asks of the flows), ``export`` (all of it, whole). Nobody else opens a session, and this
room imports neither of the others.
"""
