"""Who may use the console: accounts, invitations, sessions, and what everyone did.

A person gets a one-time link (``invitations``), chooses a name and a password (``accounts``), signs in and has a
session (``sessions``) until they sign out, are idle too long, or the account is closed. They change their password and
see where they are signed in (``own``); where the city has a provider of its own, an identity there may open the account
(``identities``, and ``oidc`` which asks the provider). What a role may do is one table (``roles``); who tries too many
passwords waits (``attempts``); every action is in the log (``audit``).
"""

from storage.people.accounts import Account, accounts, close, get, reopen
from storage.people.attempts import wait_s
from storage.people.audit import Entry, entries, note
from storage.people.invitations import Invitation, accept, first_link, invite, open_invitation
from storage.people.roles import ACTIONS, Action, may
from storage.people.sessions import Session, begin, end, sign_in, who

__all__ = [
    "ACTIONS",
    "Account",
    "Action",
    "Entry",
    "Invitation",
    "Session",
    "accept",
    "accounts",
    "begin",
    "close",
    "end",
    "entries",
    "first_link",
    "get",
    "invite",
    "may",
    "note",
    "open_invitation",
    "reopen",
    "sign_in",
    "wait_s",
    "who",
]
