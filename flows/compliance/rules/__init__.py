"""The rules, one module a rule or family; what a module must say is told in ``flows/compliance/rulebook.py``."""
