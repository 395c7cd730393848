"""The rules a city's disclosure is judged by: facts in, verdicts out.

No Prefect, no SQLAlchemy, no reading but of the regulations: ``flows/gathering`` gathers the facts, ``flows/assess.py``
keeps the verdicts. ``rules/`` holds one module a rule or family, whose docstring is the rule; ``rulebook.py`` finds
them and asks them; ``regulations/`` holds their limits and citations, one file a regime, read by ``regimes.py``.
"""
