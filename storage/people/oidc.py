"""The city's OpenID Connect provider: whom it says somebody is, believed only after every check of its word.

Authorization code flow with PKCE (S256). What the provider publishes (its discovery document, its keys) is asked for
when it is needed and kept for a while; keys that it changes meanwhile are asked for again, at most once a minute. Every
answer is bounded in length and time, redirects are not followed, and what goes wrong becomes one ``IdentityRefused``.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from storage.exceptions import IdentityRefused
from storage.people.identities import Identity

SIGNED: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")  # no secrets
TIMEOUT_S: Final = 10.0  # of each wait; an answer as a whole has twice as long
_MOST_BYTES: Final = 1 << 20
_KEPT_S: Final = 3600.0  # what the provider publishes
_AGAIN_S: Final = 60.0  # keys asked for again, a provider that was down asked again
_LEEWAY_S: Final = 60  # clocks differ
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Client:
    """Who we are at which provider. ``secret``: None for a public client."""

    issuer: str
    client_id: str
    secret: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Published:
    """What a provider says of itself."""

    at: float
    authorize: str
    token: str
    keys: str
    says_issuer: bool  # in its answers to the browser (RFC 9207)
    takes_basic: bool  # the secret as HTTP basic authentication; else in the form


class Provider:
    """A provider, and what of it is kept. Safe to share between threads."""

    def __init__(self, client: Client, *, clock: Callable[[], float] = time.time) -> None:
        self._client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._published: _Published | None = None
        self._keys: KeySet | None = None
        self._keys_at = self._down_at = float("-inf")
        is_here = client.issuer.startswith("http:")  # on this machine: never through a proxy
        headers = {"Accept": "application/json"}
        self._http = httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, headers=headers, trust_env=not is_here)

    def close(self) -> None:
        """Gives the connections back."""
        self._http.close()

    def address(self, *, state: str, nonce: str, verifier: str, back: str) -> str:
        """Where the browser goes to sign in; it comes back to ``back``.

        :raises IdentityRefused: the provider cannot be asked ("oidc_down").
        """
        asked = {
            "response_type": "code",
            "scope": "openid profile",
            "client_id": self._client.client_id,
            "redirect_uri": back,
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        door = self._told().authorize
        return f"{door}{'&' if urlsplit(door).query else '?'}{urlencode(asked)}"

    def identity(self, answer: Mapping[str, str], *, nonce: str, verifier: str, back: str) -> Identity:
        """Whom the provider means by ``answer``, the query that the browser came back with.

        :raises IdentityRefused: it cannot be asked ("oidc_down"), or its word cannot be believed ("oidc_refused").
        """
        told = self._told()
        issuer = answer.get("iss")
        if issuer != self._client.issuer and (issuer is not None or told.says_issuer):
            raise _refused(f"the answer is from {issuer!r}")
        if "error" in answer or not answer.get("code"):
            raise _refused(f"the provider says {answer.get('error')!r}")
        tokens = self._redeem(told, answer["code"], verifier, back)
        token, access = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(token, str):
            raise _refused("there is no id_token")
        claims = self._believed(told, token, nonce, access)
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise _refused("the subject is no name")
        names = (claims.get(name) for name in ("name", "preferred_username", "email"))
        shown = next((name for name in names if isinstance(name, str) and name.strip()), subject)
        return Identity(issuer=self._client.issuer, subject=subject, shown=shown.strip()[:64])

    def _redeem(self, told: _Published, code: str, verifier: str, back: str) -> dict[str, Any]:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
        basic = None
        if self._client.secret is None:
            form["client_id"] = self._client.client_id
        elif told.takes_basic:
            basic = httpx.BasicAuth(quote(self._client.client_id, safe=""), quote(self._client.secret, safe=""))
        else:
            form |= {"client_id": self._client.client_id, "client_secret": self._client.secret}
        return self._ask("POST", told.token, data=form, auth=basic)

    def _believed(self, told: _Published, token: str, nonce: str, access: object) -> dict[str, Any]:
        """The claims of an id_token, each of them checked."""
        try:
            try:
                decoded = jwt.decode(token, self._keyset(told), algorithms=SIGNED)
            except InvalidKeyIdError:  # signed with a key that we do not know yet
                decoded = jwt.decode(token, self._keyset(told, again=True), algorithms=SIGNED)
            client = self._client.client_id
            options = {"iss": {"essential": True, "value": self._client.issuer}}
            options["aud"] = {"essential": True, "value": client}
            params = {"nonce": nonce, "client_id": client, "access_token": access}
            claims = CodeIDToken(decoded.claims, decoded.header, options, params)
            claims.validate(now=int(self._clock()), leeway=_LEEWAY_S)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError, OverflowError) as problem:
            raise _refused(f"the id_token is not believed: {type(problem).__name__} {problem}") from problem
        return dict(claims)

    def _told(self) -> _Published:
        """What the provider publishes, asked for where it is old."""
        with self._lock:
            now = self._clock()
            if self._published is not None and now - self._published.at < _KEPT_S:
                return self._published
            if now - self._down_at < _AGAIN_S / 6:  # a browser at the door does not make us knock at a dead one
                raise IdentityRefused("oidc_down", "the provider could not be asked a moment ago")
            try:
                told = self._ask("GET", f"{self._client.issuer.rstrip('/')}/.well-known/openid-configuration")
                self._published = self._understood(told, now)
            except IdentityRefused:
                self._down_at = now
                raise
            return self._published

    def _understood(self, told: Mapping[str, Any], now: float) -> _Published:
        if told.get("issuer") != self._client.issuer:
            raise _down(f"it calls itself {told.get('issuer')!r}, not {self._client.issuer!r}")
        doors = [told.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if not all(isinstance(door, str) and self._is_trusted(door) for door in doors):
            raise _down(f"its addresses cannot be used: {doors!r}")
        methods = told.get("token_endpoint_auth_methods_supported")
        posts = isinstance(methods, list) and "client_secret_post" in methods and "client_secret_basic" not in methods
        return _Published(
            at=now,
            authorize=str(doors[0]),
            token=str(doors[1]),
            keys=str(doors[2]),
            says_issuer=told.get("authorization_response_iss_parameter_supported") is True,
            takes_basic=not posts,
        )

    def _is_trusted(self, door: str) -> bool:
        """Whether an address is over TLS; without it only where the issuer itself is on this machine."""
        try:
            parts = urlsplit(door)
        except ValueError:
            return False
        mine = urlsplit(self._client.issuer)
        return parts.scheme == "https" or (mine.scheme == "http" and parts.netloc == mine.netloc)

    def _keyset(self, told: _Published, *, again: bool = False) -> KeySet:
        """The provider's keys, asked for where they are old, or where one was not among them."""
        with self._lock:
            now = self._clock()
            age = now - self._keys_at
            if self._keys is not None and (age < _AGAIN_S or (age < _KEPT_S and not again)):
                return self._keys
            answer = self._ask("GET", told.keys)
            listed = answer.get("keys")
            public = [one for one in listed if _is_public(one)] if isinstance(listed, list) else []
            self._keys = KeySet.import_key_set({"keys": public})
            self._keys_at = now
            return self._keys

    def _ask(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        until = time.monotonic() + 2 * TIMEOUT_S
        body = b""
        try:
            with self._http.stream(method, url, **more) as answer:
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > _MOST_BYTES or time.monotonic() > until:
                        raise _down(f"{url}: its answer does not end")
            found = json.loads(body) if answer.status_code == 200 or method == "POST" else None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as problem:
            raise _down(f"{url}: {type(problem).__name__} {problem}") from problem
        if answer.status_code in (400, 401, 403) and method == "POST":
            raise _refused(f"{url}: {answer.status_code} {found.get('error') if isinstance(found, dict) else ''}")
        if answer.status_code != 200 or not isinstance(found, dict):
            raise _down(f"{url}: {answer.status_code}, and no JSON object")
        return found


def _is_public(key: object) -> bool:
    """Whether a published key may check a signature: an asymmetric one, not said to be for something else."""
    return isinstance(key, dict) and key.get("kty") in ("RSA", "EC", "OKP") and key.get("use", "sig") == "sig"


def _down(why: str) -> IdentityRefused:
    _log.warning("identity provider: %s", why)
    return IdentityRefused("oidc_down", why)


def _refused(why: str) -> IdentityRefused:
    _log.warning("identity refused: %s", why)
    return IdentityRefused("oidc_refused", why)
