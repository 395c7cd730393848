"""Secrets of links and cookies: random, and kept only as their hash, so that a copy of the database opens nothing."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def new() -> str:
    """A token of 256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def derived(token: str, what: str) -> str:
    """Another secret that only who knows ``token`` can know, for ``what``."""
    return hmac.new(token.encode("utf-8", "surrogatepass"), what.encode(), hashlib.sha256).hexdigest()


def is_same(one: str, other: str) -> bool:
    """Compares in a time that tells nothing."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
