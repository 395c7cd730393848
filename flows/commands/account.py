"""Who says so, where a command takes a person's word and no name is given."""

from __future__ import annotations

import os
import pwd


def account_name() -> str:
    """The name of the account this runs under."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container may run under a number nobody has
        return f"account {os.getuid()}"
