"""Stored rows and looks become the facts that rules are told: one module a subject, nothing is judged here.

``run.py`` holds what every step of one assessment needs. Everything is read through storage's doors, in passes whose
number does not grow with items.
"""
