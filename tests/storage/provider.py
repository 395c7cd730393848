"""A small OpenID Connect provider on loopback: discovery, keys, authorize, token; each of them can be made to lie."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "gongkai", "a secret & more"
_RSA = [RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"}) for kid in ("one", "two")]


@dataclass
class Small:
    """The provider. ``subject`` is who is signed in there; ``claims`` and ``discovery`` are laid over the truth."""

    issuer: str = ""
    subject: str = "10086"
    name: str = "李四"
    claims: dict[str, Any] = field(default_factory=dict)
    discovery: dict[str, Any] = field(default_factory=dict)
    signs: Callable[[dict[str, Any]], str] | None = None  # instead of the right signature
    key: int = 0  # which of its two keys it signs with and publishes
    token_status: int = 200
    keeps_codes: bool = False  # a code works more than once
    answers: dict[str, Any] = field(default_factory=dict)  # laid over what it says to the browser
    redirects: bool = False  # its token door leads elsewhere
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def published(self) -> dict[str, Any]:
        """The discovery document."""
        doors = {f"{name}_endpoint": f"{self.issuer}/{name}" for name in ("authorization", "token")}
        told = {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **doors}
        return {**told, "authorization_response_iss_parameter_supported": True, **self.discovery}

    def keys(self) -> dict[str, Any]:
        """The public key in use, and one that nobody understands."""
        return {"keys": [_RSA[self.key].as_dict(private=False), {"kty": "AKP", "kid": "new"}]}

    def authorized(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        said = {"code": code, "state": query["state"], "iss": self.issuer, **self.answers}
        return f"{query['redirect_uri']}?{urlencode({k: v for k, v in said.items() if v is not None})}"

    def redeemed(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Status and answer of the token door."""
        wanted = base64.b64encode(f"{CLIENT}:a%20secret%20%26%20more".encode()).decode()
        asked = self.codes.get(form["code"]) if self.keeps_codes else self.codes.pop(form["code"], None)
        if self.token_status != 200:
            return self.token_status, {"error": "server_error"}
        if authorization != f"Basic {wanted}":
            return 401, {"error": "invalid_client"}
        made = _text(hashlib.sha256(form["code_verifier"].encode()).digest())
        if asked is None or made != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        told = {"iss": self.issuer, "sub": self.subject, "aud": CLIENT, "iat": now, "exp": now + 300}
        claims = {**told, "nonce": asked["nonce"], "name": self.name, **self.claims}
        claims = {name: value for name, value in claims.items() if value is not None}
        return 200, {"token_type": "Bearer", "access_token": "x", "id_token": (self.signs or self.signed)(claims)}

    def signed(self, claims: dict[str, Any]) -> str:
        """The right signature."""
        return jwt.encode({"alg": "RS256", "kid": _RSA[self.key].kid}, claims, _RSA[self.key])


def unsigned(claims: dict[str, Any]) -> str:
    """alg none."""
    return f"{_body('none', claims)}."


def signed_with_the_public_key(claims: dict[str, Any]) -> str:
    """HS256, with what everybody knows as the secret."""
    body = _body("HS256", claims)
    made = hmac.new(_RSA[0].as_pem(private=False), body.encode(), hashlib.sha256).digest()
    return f"{body}.{_text(made)}"


def _body(alg: str, claims: dict[str, Any]) -> str:
    return ".".join(_text(json.dumps(one).encode()) for one in ({"alg": alg, "kid": "one"}, claims))


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def signed_by_another(claims: dict[str, Any]) -> str:
    """The right algorithm and key id, the wrong key."""
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, _RSA[1])


@contextlib.contextmanager
def running() -> Iterator[Small]:
    """A provider that listens."""
    small = Small()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            small.asked.append(parts.path)
            if parts.path == "/authorization":
                self._say(303, {}, small.authorized(dict(parse_qsl(parts.query))))
            elif parts.path == "/.well-known/openid-configuration":
                self._say(200, small.published())
            else:
                self._say(200, small.keys())

        def do_POST(self) -> None:
            small.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            status, said = small.redeemed(form, self.headers.get("Authorization", ""))
            if small.redirects:
                self._say(307, {}, f"{small.issuer}/elsewhere")
            else:
                self._say(status, said)

        def _say(self, status: int, said: dict[str, Any], location: str | None = None) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        server.daemon_threads = True
        small.issuer = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield small
        finally:
            server.shutdown()
            thread.join()
