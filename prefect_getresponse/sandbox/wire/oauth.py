"""OAuth 2.0: the token endpoint, and the page on which a person lets an application in.

Grants, lives and answers are those of GetResponse API v3, Using OAuth 2.0.  It documents neither
what the endpoint answers to a wrong request, here the errors of RFC 6749, nor whether a refresh
token can be used twice, here never: so a caller that loses the new one is found out.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import itertools
from collections.abc import Mapping
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from prefect_getresponse.sandbox.contract.errors import AUTHENTICATION, ApiError
from prefect_getresponse.sandbox.contract.messages import Answer, Call, json_answer

TOKEN = ("POST", "/v3/token")
AUTHORIZE = ("GET", "/oauth2_authorize.html")

LIVES: Mapping[str, int] = {
    "authorization_code": 3600,
    "client_credentials": 86_400,
    "refresh_token": 86_400,
}
"""Seconds an access token lives, by grant."""
CODE_LIFE = 600.0
"""Seconds an authorization code lives: a person's time, which no speed shortens."""

# Never the same twice in a process, so that a token from before a reset is known by nobody.
_numbers = itertools.count(1)


def is_oauth(call: Call) -> bool:
    """Whether a call is for the token endpoint or the authorize page."""
    return (call.method, call.path) in (TOKEN, AUTHORIZE)


class OAuth:
    """One OAuth application, and the tokens that were issued to it.

    Args:
        client_id: Its client id.
        client_secret: Its client secret.
        redirect_url: Where people are sent with an authorization code.
        speed: How many times faster than life access tokens expire.
    """

    def __init__(
        self, *, client_id: str, client_secret: str, redirect_url: str, speed: float
    ) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._redirect_url = redirect_url
        self._speed = speed
        self._access_tokens: dict[str, float] = {}
        self._refresh_tokens: set[str] = set()
        self._codes: dict[str, float] = {}

    def answer(self, call: Call, now: float) -> Answer:
        """Answer a call that `is_oauth`."""
        return self._token(call, now) if call.method == "POST" else self._authorize(call, now)

    def check(self, access_token: str, now: float) -> None:
        """Let a call with a token that lives pass.

        Raises:
            ApiError: 401 with code 1014, and the token in `context.sentToken`.
        """
        until = self._access_tokens.get(access_token)
        if until is None or until <= now:
            what = "invalid" if until is None else "expired"
            message = f"The access token provided is {what}"
            raise ApiError(401, AUTHENTICATION, message, {"sentToken": access_token})

    def expire(self, now: float) -> int:
        """Let every access token expire; returns how many did."""
        alive = [token for token, until in self._access_tokens.items() if until > now]
        self._access_tokens |= dict.fromkeys(alive, now)
        return len(alive)

    def summary(self, now: float) -> dict[str, str | int]:
        """Return what people may look at: no token is shown."""
        return {
            "clientId": self._client_id,
            "redirectUrl": self._redirect_url,
            "accessTokens": sum(until > now for until in self._access_tokens.values()),
            "refreshTokens": len(self._refresh_tokens),
        }

    def _authorize(self, call: Call, now: float) -> Answer:
        """Let the application in at once, and send the person back with a code."""
        query = {name: values[0] for name, values in parse_qs(call.query_string).items()}
        if query.get("client_id") != self._client_id:
            return _page(400, "No application has this client_id.")
        if query.get("response_type") != "code":
            return _page(400, "response_type must be code.")
        code = _secret("code")
        self._codes[code] = now + CODE_LIFE
        back = {"code": code} | ({"state": query["state"]} if "state" in query else {})
        joint = "&" if urlsplit(self._redirect_url).query else "?"
        return Answer(302, b"", {"Location": f"{self._redirect_url}{joint}{urlencode(back)}"})

    def _token(self, call: Call, now: float) -> Answer:
        if not self._is_client(call.headers.get("authorization", "")):
            challenge = {"WWW-Authenticate": 'Basic realm="sandbox"'}
            return json_answer(401, {"error": "invalid_client"}, challenge)
        form = dict(parse_qsl(call.body.decode("utf-8", "replace")))
        grant = form.get("grant_type", "")
        if grant not in LIVES:
            name = "unsupported_grant_type" if grant else "invalid_request"
            return json_answer(400, {"error": name})
        if not self._spend(grant, form, now):
            return json_answer(400, {"error": "invalid_grant"})
        return json_answer(200, self._issue(grant, now), {"Cache-Control": "no-store"})

    def _spend(self, grant: str, form: Mapping[str, str], now: float) -> bool:
        """Use up what the grant is based on; whether it was good."""
        if grant == "authorization_code":
            return self._codes.pop(form.get("code", ""), 0.0) > now
        if grant == "refresh_token":
            token = form.get("refresh_token", "")
            known = token in self._refresh_tokens
            self._refresh_tokens.discard(token)
            return known
        return True

    def _issue(self, grant: str, now: float) -> dict[str, str | int | None]:
        seconds = max(1, round(LIVES[grant] / self._speed))
        access_token = _secret("access token")
        self._access_tokens[access_token] = now + seconds
        issued: dict[str, str | int | None] = {
            "access_token": access_token,
            "expires_in": seconds,
            "token_type": "Bearer",
            "scope": None,
        }
        if grant != "client_credentials":
            refresh_token = _secret("refresh token")
            self._refresh_tokens.add(refresh_token)
            issued["refresh_token"] = refresh_token
        return issued

    def _is_client(self, authorization: str) -> bool:
        scheme, _, word = authorization.partition(" ")
        try:
            pair = base64.b64decode(word, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return False
        right = same(pair, f"{self._client_id}:{self._client_secret}")
        return scheme.lower() == "basic" and right


def same(one: str, other: str) -> bool:
    """Compare secrets in a time that does not depend on them."""
    return hmac.compare_digest(one.encode(), other.encode())


def _secret(kind: str) -> str:
    return hashlib.sha256(f"sandbox {kind} {next(_numbers)}".encode()).hexdigest()[:40]


def _page(status: int, text: str) -> Answer:
    body = f"<!DOCTYPE html><html><body><p>{text}</p></body></html>".encode()
    return Answer(status, body, {"Content-Type": "text/html; charset=utf-8"})
