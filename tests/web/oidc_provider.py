"""A small OpenID provider, served over HTTP: discovery, keys, authorization, token endpoint.

It keeps to OpenID Connect Core 1.0 and RFC 7636, unless a test tells it to misbehave.
"""

import base64
import json
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

CLIENT, SECRET = "lianzhi-test", "s3cret with spaces"


class Provider:
    """The provider; `url` is its issuer, `claims` goes into every ID token."""

    def __init__(self, now):
        self.now = now  # seconds
        self.claims = {"sub": "sub-1", "preferred_username": "alice", "roles": ["lz-review"]}
        self.more = {}  # claims that overrule what is right
        self.header = {}
        self.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
        self.algorithm = "RS256"
        self.discovery = {}
        self.codes = {}
        self.seen = []
        self.tokens = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def rotate(self):
        self.key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig"})

    def authorize(self, url):
        """What the provider does once the person there has agreed: the address to go back to."""
        asked = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
        self.seen.append(asked)
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return asked["redirect_uri"] + "?" + urlencode({"code": code, "state": asked["state"]})

    def token(self, form, authorization):
        """(status, answer) of the token endpoint."""
        kind, _, encoded = authorization.partition(" ")
        given = base64.b64decode(encoded).decode().split(":") if kind == "Basic" else []
        if [unquote(part) for part in given] != [CLIENT, SECRET]:
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form.get("code"), None)  # good once
        fits = (
            asked is not None
            and form["redirect_uri"] == asked["redirect_uri"]
            and create_s256_code_challenge(form["code_verifier"]) == asked["code_challenge"]
        )
        if not fits:
            return 400, {"error": "invalid_grant"}
        self.tokens += 1
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "iat": self.now(),
            "exp": self.now() + 300,
            "nonce": asked["nonce"],
            **self.claims,
            **self.more,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.sign(claims)}

    def sign(self, claims):
        header = {"alg": self.algorithm, "kid": self.key.kid, **self.header}
        if self.algorithm == "none":
            parts = (json.dumps(part).encode() for part in (header, claims))
            return ".".join(base64.urlsafe_b64encode(p).rstrip(b"=").decode() for p in parts) + "."
        return jwt.encode(header, claims, self.key, algorithms=[self.algorithm])

    def described(self):
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            **self.discovery,
        }

    def _handler(provider):  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path == "/.well-known/openid-configuration":
                    self.answer(200, provider.described())
                elif self.path == "/jwks":
                    self.answer(200, {"keys": [provider.key.as_dict(private=False)]})
                else:
                    self.answer(404, {})

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                form = {key: values[0] for key, values in parse_qs(body).items()}
                self.answer(*provider.token(form, self.headers.get("authorization", "")))

            def answer(self, status, body):
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args):
                pass

        return Handler


__all__ = ["CLIENT", "SECRET", "ECKey", "OctKey", "Provider"]
