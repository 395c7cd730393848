"""A period's scoreboard: frozen once, corrected by amendments beside it, checked against what it follows from.

The score of a period is the state on its last day assessed: the verdicts as the store has them, which must all be of
one day within the period. That holds for verdicts that name no item, since each assessment gives them afresh; those on
items stand from the day they were given, and change only with the item or the rules.

A correction says that a verdict was wrong on that day: the fact was misread, a dispute was right, a waiver came later.
So it replaces verdicts of the frozen day, and what a unit mended afterwards is none.
"""
