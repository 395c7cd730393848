"""Passwords as Argon2id hashes (RFC 9106), and what is too weak to be one.

The parameters are those that ``argon2-cffi`` recommends today; a hash made with older ones is renewed at the next
sign-in. What makes a password weak follows GB/T 22239-2019 8.1.4.1 (鉴别信息具有复杂度要求) in the reading of NIST
SP 800-63B: length and not being guessable, no forced change by the calendar.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import pairwise
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST: Final = 10
MOST: Final = 256  # hashing a megabyte would be a way to keep the server busy
_HASHER: Final = PasswordHasher()
_COMMON: Final = ("password", "qwerty", "admin", "gongkai", "zhengwu", "123456", "654321", "abc123", "111111", "888888")


def hashed(password: str) -> str:
    """The hash to keep."""
    return _HASHER.hash(_one_form(password))


def is_right(password: str, kept: str | None) -> bool:
    """Whether it is the password of ``kept``; none (nobody's, or no password) takes as long and is never right."""
    try:
        return _HASHER.verify(kept or _nobodys(), _one_form(password)) and bool(kept)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    """A hash that nobody has, so that a name that is not there takes as long; made when it is first asked for."""
    return _HASHER.hash("nobody has this password")


def is_old(kept: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(kept)


def weakness(password: str, *names: str) -> str | None:
    """Why a password cannot be taken ("short", "long", "plain", "name"); None where it can."""
    text = _one_form(password)
    if len(text) < LEAST:
        return "short"
    if len(text) > MOST:
        return "long"
    lowered = text.casefold()
    for common in _COMMON:
        lowered = lowered.replace(common, "")
    if len(set(lowered)) < 5 or _is_run(lowered):
        return "plain"
    known = [name.casefold() for name in names if len(name) >= 2]
    return "name" if any(len(lowered.replace(name, "")) < LEAST - 4 for name in known if name in lowered) else None


def _is_run(text: str) -> bool:
    """Whether every sign is the next of the one before, up or down."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return len(steps) == 1 and abs(steps.pop()) <= 1


def _one_form(password: str) -> str:
    """The same password however a keyboard composes its signs."""
    return unicodedata.normalize("NFKC", password)
