"""A period's scoreboard: frozen once, corrected by amendments beside it, checked against what it follows from.

The score of a period is the state on its last day assessed. Where the store has gone on since, the period's last day is
judged for it by what is known now, and no finding moves for that. Verdicts that name no item are given afresh by each
assessment and must all be of that day; those on items stand from the day they were given, and change only with the
item or the rules.

A correction says that a verdict was wrong on that day: the fact was misread, a dispute was right, a waiver came later.
So it replaces verdicts of the frozen day, and what a unit mended afterwards is none.
"""
