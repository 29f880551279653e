"""Who may call: the API key (GetResponse API v3, header `X-Auth-Token: api-key <key>`).

OAuth tokens (`Authorization: Bearer`) and the `X-Domain` of MAX accounts belong here too; they
are not imitated yet.
"""

from __future__ import annotations

import hmac

from prefect_getresponse.sandbox.errors import AUTHENTICATION, ApiError
from prefect_getresponse.sandbox.messages import Call

SCHEME = "api-key "


def authenticate(call: Call, api_key: str) -> None:
    """Let a call with the right key pass.

    Args:
        call: The call.
        api_key: The account's key.

    Raises:
        ApiError: 401 with code 1014.
    """
    token = call.headers.get("x-auth-token", "")
    if hmac.compare_digest(token.encode(), f"{SCHEME}{api_key}".encode()):
        return
    context = {"authenticationType": "auth_token"}
    raise ApiError(401, AUTHENTICATION, "Unable to authenticate the request", context)
