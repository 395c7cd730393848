"""Yearly reports judged: the sums of their tables, last year's figures, the text's numbers, sameness, what is missing.

Pure. The same judgements are the rules AR-01 to AR-12 of what was published, and the checks of the roster of every
report, also of one that came by mail (``checking``).
"""
