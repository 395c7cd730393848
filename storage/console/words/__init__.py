"""The console's words, one module a part of it, each a table ``TEXTS``: key → (Chinese, English). All are found."""
