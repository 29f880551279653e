"""Who may call: an API key or an OAuth access token, and the domain of a MAX account.

Headers `X-Auth-Token: api-key <key>`, `Authorization: Bearer <token>` and `X-Domain` (GetResponse
API v3, Authentication).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from prefect_getresponse.sandbox.contract.errors import AUTHENTICATION, DOMAIN, HEADERS, ApiError
from prefect_getresponse.sandbox.contract.messages import Call
from prefect_getresponse.sandbox.wire.oauth import OAuth, same

SCHEME = "api-key "
BEARER = "Bearer "
_NOT_ACCEPTED = "Unable to authenticate request. Check credentials or authentication method details"


@dataclass(frozen=True, slots=True)
class Access:
    """What opens the account.

    Attributes:
        api_key: Its API key.
        client_id: Client id of the OAuth application.
        client_secret: Client secret of the OAuth application.
        redirect_url: Where the application wants people to be sent with an authorization code.
        domain: Registered domain of a MAX account; empty for a retail account.
    """

    api_key: str
    client_id: str
    client_secret: str
    redirect_url: str
    domain: str


def authenticate(call: Call, access: Access, oauth: OAuth, now: float) -> None:
    """Let a call with the right headers pass.

    Args:
        call: The call.
        access: What opens the account.
        oauth: The access tokens that were issued.
        now: Unix seconds.

    Raises:
        ApiError: 401 with code 1014, or what is wrong with the domain.
    """
    check_domain(call, access.domain)
    authorization = call.headers.get("authorization", "")
    if authorization.startswith(BEARER):
        oauth.check(authorization.removeprefix(BEARER), now)
        return
    sent = call.headers.get("x-auth-token", "")
    if not sent:
        raise ApiError(401, AUTHENTICATION, "Unsupported authentication method")
    if not same(sent, f"{SCHEME}{access.api_key}"):
        raise ApiError(401, AUTHENTICATION, _NOT_ACCEPTED)


def check_domain(call: Call, domain: str) -> None:
    """Let a call pass that names the domain of a MAX account, and none of a retail account.

    Args:
        call: The call.
        domain: Domain of the account, empty for a retail account.

    Raises:
        ApiError: 400 with code 1021, or 404 with code 1024 for a domain of nobody.
    """
    sent = call.headers.get("x-domain", "")
    if bool(sent) != bool(domain):
        message = "X-Domain is needed" if domain else "X-Domain is for MAX accounts only"
        raise ApiError(400, HEADERS, message, {"header": "X-Domain"})
    if not hmac.compare_digest(sent.lower().encode(), domain.lower().encode()):
        raise ApiError(404, DOMAIN, "Domain not found", {"domain": sent})
