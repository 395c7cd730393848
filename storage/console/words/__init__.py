"""The console's words, one module a part of it, each a table: key → (Chinese, English)."""
