"""The city's own yearly report, drafted out of what its units reported: words, tables, and where each number is from.

``rollup`` (what is told of a year) → ``six`` or ``nine`` (what the draft says, pure) → ``document`` (Word), ``page``
(HTML and PDF) or ``book`` (Excel). Nothing is invented: what the data does not say is a marked gap for the office.
"""
