"""The console in a real browser: one story from the first sign-in to the printed bulletin, and how its pages are.

Chromium comes from the system (``.ci/run`` installs it); without one these tests say so and are passed over.
"""
