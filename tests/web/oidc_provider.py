"""A real OpenID Connect provider on loopback, of authlib's server parts: discovery, keys, the code
flow with PKCE (required). Whoever asks is signed in as `person`; `spoil` bends what it says."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6749.util import list_to_scope, scope_to_list
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin
from authlib.oidc.core.grants import OpenIDCode
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "farwatch desk", "s3cret/of+the=desk"


class Client(ClientMixin):
    """The desk, as the provider knows it."""

    def __init__(self) -> None:
        self.redirect_uri = ""

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_allowed_scope(self, scope: str) -> str:
        known = {"openid", "profile", "email"}
        return list_to_scope([one for one in scope_to_list(scope) if one in known])

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Code(AuthorizationCodeMixin):
    """A code that was given out, with what it was asked with."""

    def __init__(self, code: str, request: OAuth2Request) -> None:
        data = request.payload.data
        self.code, self.nonce, self.scope = code, data.get("nonce"), request.scope
        self.redirect_uri = data.get("redirect_uri")
        self.code_challenge = data.get("code_challenge")
        self.code_challenge_method = data.get("code_challenge_method")
        self.user = request.user

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> None:
        return None

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class Request(OAuth2Request):
    """A request of the server below, as authlib takes it."""

    def __init__(self, method: str, uri: str, form: Mapping[str, str], headers: Any) -> None:
        super().__init__(method, uri, headers=dict(headers))
        self._form = dict(form)
        self.payload = BasicOAuth2Payload(dict(parse_qsl(urlsplit(uri).query)) | self._form)

    @property
    def form(self) -> dict[str, str]:
        return self._form


class Provider(AuthorizationServer):
    """The provider. `person` are the claims of whoever asks; None refuses them."""

    def __init__(self) -> None:
        super().__init__(scopes_supported=["openid", "profile", "email"])
        self.issuer = ""
        self.client = Client()
        self.person: dict[str, Any] | None = {"sub": "u1"}
        self.spoil: dict[str, Any] = {}  # claims and parts of the description, said otherwise
        self.key = RSAKey.generate_key(2048, {"kid": "k1"})
        self.published = KeySet([self.key])
        self.codes: dict[str, Code] = {}
        self.register_token_generator(
            "default", BearerTokenGenerator(lambda **_: "an access token")
        )
        self.register_grant(_Grant, [_OpenID(self), CodeChallenge(required=True)])

    def query_client(self, client_id: str) -> Client | None:
        return self.client if client_id == CLIENT else None

    def save_token(self, token: Any, request: Any) -> None:
        """Nothing asks for it again."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: Request) -> Request:
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> tuple[int, Any, Any]:
        return status, body, headers

    def answer(self, request: Request) -> tuple[int, Any, Any]:
        path = urlsplit(request.uri).path
        if path == "/.well-known/openid-configuration":
            return 200, self.described() | self.spoil.get("description", {}), []
        if path == "/keys":
            return 200, self.published.as_dict(private=False), []
        if path == "/authorize":
            grant = self.get_consent_grant(request, self.person)
            return self.create_authorization_response(request, self.person, grant)
        return self.create_token_response(request)

    def described(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }


class _Grant(AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

    def save_authorization_code(self, code: str, request: OAuth2Request) -> Code:
        self.server.codes[code] = Code(code, request)
        return self.server.codes[code]

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        return self.server.codes.get(code)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        del self.server.codes[authorization_code.code]

    def authenticate_user(self, authorization_code: Code) -> Any:
        return authorization_code.user


class _OpenID(OpenIDCode):
    def __init__(self, provider: Provider) -> None:
        super().__init__(require_nonce=True)
        self.provider = provider

    def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
        return any(code.nonce == nonce for code in self.provider.codes.values())

    def resolve_client_private_key(self, client: Client) -> RSAKey:
        return self.provider.key

    def get_client_algorithm(self, client: Client) -> str:
        return "RS256"

    def get_encode_header(self, client: Client) -> dict[str, str]:
        return {"alg": "RS256", "kid": "k1"}

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        return {"iss": self.provider.issuer, "aud": [CLIENT]}

    def generate_user_info(self, user: dict[str, Any], scope: str) -> dict[str, Any]:
        return user | self.provider.spoil.get("claims", {})


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that answers at `issuer`."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            form = dict(parse_qsl(self.rfile.read(length).decode()))
            uri = f"{provider.issuer}{self.path}"
            request = Request(self.command, uri, form, self.headers)
            if "Authorization" in request.headers:
                request.headers["Authorization"] = _plain(request.headers["Authorization"])
            status, body, headers = provider.answer(request)
            data = (json.dumps(body) if isinstance(body, dict) else body or "").encode()
            self.send_response(status)
            for name, value in headers:
                if name.lower() != "content-type":
                    self.send_header(name, value)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()


def _plain(header: str) -> str:
    """HTTP Basic with both parts form-decoded, as RFC 6749 (2.3.1) writes them; authlib's server
    leaves that to its caller."""
    from base64 import b64decode, b64encode
    from urllib.parse import unquote_plus

    kind, _, text = header.partition(" ")
    name, _, secret = b64decode(text).decode().partition(":")
    plain = f"{unquote_plus(name)}:{unquote_plus(secret)}"
    return f"{kind} {b64encode(plain.encode()).decode()}"
