"""The credentials block: what people type once into the Prefect UI."""

from __future__ import annotations

import asyncio
import atexit
import re
import threading
import weakref
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, cast
from urllib.parse import SplitResult, urlencode, urlsplit

from prefect.blocks.abstract import CredentialsBlock
from pydantic import (
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from prefect_getresponse.accounts.authorizations import login_of, tokens_of
from prefect_getresponse.client.auth import ApiKeyAuth, Authorization, OAuthAuth
from prefect_getresponse.client.connection import Connection
from prefect_getresponse.client.errors import (
    GetResponseError,
    InvalidConfiguration,
    TokenRefused,
)
from prefect_getresponse.client.oauth import (
    read_token,
    token_request,
    told_safely,
    usable_token,
)
from prefect_getresponse.client.request import ApiRequest, RetryClass
from prefect_getresponse.client.send import AsyncClient, Client
from prefect_getresponse.limits.service import shared_throttle
from prefect_getresponse.limits.throttle import Throttle
from prefect_getresponse.runtime.forks import after_fork
from prefect_getresponse.settings import GetResponseSettings

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient
    from pydantic_core import ErrorDetails

Platform = Literal["GetResponse", "GetResponse MAX US", "GetResponse MAX PL"]

ENDPOINTS: dict[Platform, str] = {
    "GetResponse": "https://api.getresponse.com/v3",
    "GetResponse MAX US": "https://api3.getresponse360.com/v3",
    "GetResponse MAX PL": "https://api3.getresponse360.pl/v3",
}
"""The documented endpoints.  Source: GetResponse API v3, Base URLs."""

_AUTHORIZE_PAGE = "oauth2_authorize.html"
_LABEL = r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)"
_HOST_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})+")
_TIME_ZONE = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*")
_VISIBLE = re.compile(r"[!-\[\]-~]+")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class GetResponseCredentials(CredentialsBlock):
    """Access to one GetResponse account, by an API key or OAuth 2.0.

    Attributes:
        account_name: Name of the account in limits, state files and events; not secret.
        api_key: Key from *Integrations and API* in GetResponse.
        platform: Where the account lives.
        domain: Registered domain of a MAX account, without scheme and `www.`.
        parent_login: Login of the parent account, for MAX users of several accounts.
        client_id: Client id of an OAuth 2.0 application.
        client_secret: Client secret of an OAuth 2.0 application.
        refresh_token: Refresh token of an OAuth 2.0 authorization.
        time_zone: Time zone of dates in answers, such as `Europe/Warsaw`; UTC if empty.
        base_url: Endpoint of a sandbox or test host.
        allow_custom_host: Allow `base_url`.
        ca_file: PEM file of the certificate authorities to trust, instead of the usual ones.
        proxy: URL of a proxy; proxies of the environment are not used.

    Raises:
        InvalidConfiguration: The values do not go together; all that is wrong is said at once.

    Examples:
        Load stored credentials, check them, and read the account:
        ```python
        from prefect_getresponse import GetResponseCredentials
        from prefect_getresponse.tasks.accounts import get_account

        credentials = GetResponseCredentials.load("BLOCK_NAME")
        print(credentials.verify())  # whose account it is, or what is wrong
        account = get_account(credentials)
        ```
    """

    _block_type_name: ClassVar[str | None] = "GetResponse Credentials"
    _block_type_slug: ClassVar[str | None] = "getresponse-credentials"
    _description: ClassVar[str | None] = (
        "Access to one GetResponse account. An ordinary account needs its API key and nothing "
        "else; a MAX account its platform and domain too. OAuth 2.0 works instead of a key."
    )
    _documentation_url: ClassVar[Any] = "https://apidocs.getresponse.com/v3/authentication"
    _logo_url: ClassVar[Any] = "https://www.getresponse.com/apple-touch-icon.png"

    # Without the second, a refused combination would print the key it came with.
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    account_name: str = Field(
        default="default",
        title="Account name",
        description="A name of your own for the account, such as main: letters, digits, - and _. "
        "Limits, state files and events carry it; blocks of one account have the same.",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$",
    )
    api_key: SecretStr = Field(
        default=SecretStr(""),
        title="API key",
        description="From Integrations and API in GetResponse, which expires a key after 90 days "
        "without use. Leave it empty if you use OAuth.",
    )
    platform: Platform = Field(
        default="GetResponse",
        title="Platform",
        description="GetResponse, unless it is a MAX account: its account manager knows whether "
        "it is MAX US or MAX PL.",
    )
    domain: str = Field(
        default="",
        title="MAX domain",
        description="Only for MAX, and needed there: the account's registered domain, such as "
        "example.com, without https:// and www.",
    )
    parent_login: str = Field(
        default="",
        title="MAX parent login",
        description="Only for MAX users who belong to several accounts: login of the parent "
        "account.",
    )
    client_id: str = Field(
        default="",
        title="OAuth client id",
        description="Only for OAuth 2.0, instead of an API key: the id that GetResponse shows for "
        "your application.",
    )
    client_secret: SecretStr = Field(
        default=SecretStr(""),
        title="OAuth client secret",
        description="Only for OAuth 2.0: the secret that GetResponse shows beside the id.",
    )
    refresh_token: SecretStr = Field(
        default=SecretStr(""),
        title="OAuth refresh token",
        description="Leave it empty: the command prefect-getresponse oauth login fills it in, "
        "and only accounts that are not the application's own need it.",
    )
    time_zone: str = Field(
        default="",
        title="Time zone",
        description="Time zone of dates in answers, such as Europe/Warsaw; UTC if empty.",
    )
    base_url: str = Field(
        default="",
        title="Custom endpoint",
        description="Only for a sandbox or test host: its address, such as "
        "http://127.0.0.1:8088/v3. Leave it empty for GetResponse itself.",
    )
    allow_custom_host: bool = Field(
        default=False,
        title="Allow custom endpoint",
        description="Lets the key go to the custom endpoint. Plain http works only to the machine "
        "that the flow runs on.",
    )
    ca_file: str = Field(
        default="",
        title="CA file",
        description="PEM file of certificate authorities on the worker, instead of the usual ones.",
    )
    proxy: SecretStr = Field(
        default=SecretStr(""),
        title="Proxy",
        description="Such as http://user:password@proxy.example:3128; empty for a direct way.",
    )

    if TYPE_CHECKING:
        # What editors see: plain texts for secrets, and a block where Prefect's own type says "or
        # a coroutine". Async code has `aload`.
        def __init__(
            self,
            *,
            account_name: str = ...,
            api_key: str | SecretStr = ...,
            platform: Platform = ...,
            domain: str = ...,
            parent_login: str = ...,
            client_id: str = ...,
            client_secret: str | SecretStr = ...,
            refresh_token: str | SecretStr = ...,
            time_zone: str = ...,
            base_url: str = ...,
            allow_custom_host: bool = ...,
            ca_file: str = ...,
            proxy: str | SecretStr = ...,
        ) -> None: ...

        @classmethod
        def load(
            cls, name: str, validate: bool = True, client: PrefectClient | None = None
        ) -> Self:
            """Load a saved block; in async code, await `aload`."""
            ...

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Allow a deployment's reference to the block where the block's own fields stand.

        Prefect checks stored parameters against this schema, and knows a reference by its unknown
        member `$ref`.  Unknown fields of the block itself are still refused when it is made.
        """
        schema = super().__get_pydantic_json_schema__(core_schema, handler)
        definition = handler.resolve_ref_schema(schema)
        definition.pop("additionalProperties", None)
        definition["required"] = ["account_name"]
        return schema

    @model_validator(mode="wrap")
    @classmethod
    def _check(cls, values: Any, make: ModelWrapValidatorHandler[Self]) -> Self:
        """Refuse what cannot work with an error that Prefect does not replace by one of its own.

        Prefect's form saves whatever is typed.  Pydantic's errors would be hidden in a traceback
        where a block is loaded, and lost where a deployment refers to it.
        """
        if isinstance(values, str):
            raise InvalidConfiguration(
                "credentials are a block, not its name",
                advice='Load it: GetResponseCredentials.load("NAME"), in async code '
                'await GetResponseCredentials.aload("NAME").',
            )
        try:
            made = make(_tidied(values))
        except ValidationError as error:
            sentences = [cls._sentence(fault) for fault in error.errors()]
        else:
            sentences = [sentence for wrong, sentence in made._contradictions() if wrong]
            if not sentences:
                return made
        raise InvalidConfiguration(
            f"the GetResponse credentials cannot be used: {' '.join(sentences).rstrip('.')}",
            advice="Correct the block in the Prefect UI (Blocks) and run again.",
        )

    @classmethod
    def _sentence(cls, fault: ErrorDetails) -> str:
        name = str(fault["loc"][0]) if fault["loc"] else ""
        if name == "account_name":
            return (
                "The account name has up to 63 letters, digits, - and _, and begins with a letter "
                "or digit."
            )
        if name == "platform":
            return f"The platform is one of {', '.join(ENDPOINTS)}."
        if field := cls.model_fields.get(name):
            return f"{field.title}: {fault['msg']}."
        return f"There is no field {name!r}: remove it, or update prefect-getresponse."

    def _contradictions(self) -> list[tuple[bool, str]]:
        return [
            *self._login_contradictions(),
            *self._max_contradictions(),
            (
                bool(self.time_zone) and not _TIME_ZONE.fullmatch(self.time_zone),
                "The time zone is a name such as Europe/Warsaw or UTC.",
            ),
            *_endpoint_contradictions(self.base_url, self.allow_custom_host),
            *_proxy_contradictions(self.proxy.get_secret_value(), self.endpoint),
        ]

    def _login_contradictions(self) -> list[tuple[bool, str]]:
        key, secret, refresh_token = (
            each.get_secret_value()
            for each in (self.api_key, self.client_secret, self.refresh_token)
        )
        oauth = bool(self.client_id or secret)
        pasted = {
            "API key": key,
            "OAuth client id": self.client_id,
            "OAuth client secret": secret,
            "parent login": self.parent_login,
        }
        return [
            (
                bool(key) and oauth,
                "Give either an API key or an OAuth client, not both: empty the one or the other.",
            ),
            (
                not key and not oauth and not refresh_token,
                "Give an API key, or an OAuth client id and secret.",
            ),
            (
                oauth and not key and not (self.client_id and secret),
                "OAuth needs both a client id and a client secret: fill in the other one.",
            ),
            (
                bool(refresh_token) and not oauth,
                "A refresh token needs its OAuth client id and secret: fill them in, or remove it.",
            ),
            *(
                (
                    not all(" " < char <= "~" for char in text),
                    f"The {name} holds spaces or characters that no key has: paste it again.",
                )
                for name, text in pasted.items()
            ),
            (
                refresh_token != usable_token(refresh_token),
                "The OAuth refresh token holds characters that no token has: paste it again.",
            ),
            (":" in self.client_id, "The OAuth client id holds a colon, which no id has."),
        ]

    def _max_contradictions(self) -> list[tuple[bool, str]]:
        is_max = self.platform != "GetResponse"
        return [
            (is_max and not self.domain, f"{self.platform} needs the account's domain."),
            (
                not is_max and bool(self.domain or self.parent_login),
                "Domain and parent login belong to MAX: choose a MAX platform or leave them empty.",
            ),
            (
                bool(self.domain)
                and (not _HOST_NAME.fullmatch(self.domain) or self.domain.startswith("www.")),
                "The domain is a bare host name such as example.com, without https:// and www.",
            ),
        ]

    @property
    def document_name(self) -> str:
        """Name of the block document that this was loaded from or saved to; empty if none."""
        return self._block_document_name or ""  # Prefect has no public name for it

    @property
    def endpoint(self) -> str:
        """Base URL of the API, without a slash at its end."""
        return self.base_url.rstrip("/") or ENDPOINTS[self.platform]

    @classmethod
    def from_settings(cls) -> Self:
        """Make credentials of `PREFECT_INTEGRATIONS_GETRESPONSE_*`.

        Raises:
            InvalidConfiguration: The settings are missing or contradict each other.
        """
        settings = GetResponseSettings()
        try:
            return cls.model_validate(settings.model_dump(include=set(cls.model_fields)))
        except InvalidConfiguration as error:
            raise InvalidConfiguration(
                error.args[0],
                advice="The settings are PREFECT_INTEGRATIONS_GETRESPONSE_API_KEY, _CLIENT_ID, "
                "_CLIENT_SECRET, _PLATFORM, _DOMAIN and others; or name a block (--block).",
            ) from None

    def get_client(self) -> Client:
        """Return the client of this account, shared by the whole process."""
        identity, connection, auth = self._identity(), self._connection(), self._auth()
        key = (identity, connection)
        with _lock:
            if key not in _clients:
                _clients[key] = Client(
                    self.endpoint,
                    auth,
                    throttle=_throttle(identity),
                    headers=self._headers(),
                    connection=connection,
                )
                atexit.register(_clients[key].close)
            return _clients[key]

    def get_async_client(self) -> AsyncClient:
        """Return the client of this account for the running event loop; it closes with the loop."""
        loop = asyncio.get_running_loop()
        identity, connection, auth = self._identity(), self._connection(), self._auth()
        key = (identity, connection)
        with _lock:
            clients = _async_clients.setdefault(loop, {})
            if key not in clients:
                clients[key] = AsyncClient(
                    self.endpoint,
                    auth,
                    throttle=_throttle(identity),
                    headers=self._headers(),
                    connection=connection,
                )
            return clients[key]

    def verify(self) -> str:
        """Ask GetResponse who this is, and return a sentence that says so.

        Raises:
            AuthenticationFailed: The key is wrong or expired.
            GetResponseError: Anything else that keeps it from working.
        """
        request = ApiRequest("GET", "/accounts", "/accounts", RetryClass.READ)
        account = self.get_client().send(request).data
        identifier = account.get("accountId", "unknown")
        return f"The credentials work for account {identifier} at {self.endpoint}."

    def authorization_url(self, state: str) -> str:
        """Page on which a person lets the OAuth application use the account.

        Args:
            state: Random text; the redirect that follows must bring the same.

        Source: GetResponse API v3, Authorization Code flow.
        """
        query = {"response_type": "code", "client_id": self.client_id, "state": state}
        if self.base_url:
            origin = urlsplit(self.endpoint)._replace(path="").geturl()
        else:
            origin = f"https://{self.domain or 'app.getresponse.com'}"
        return f"{origin}/{_AUTHORIZE_PAGE}?{urlencode(query)}"

    def exchange_code(self, code: str) -> Self:
        """Return these credentials with the refresh token that an authorization code gives.

        Args:
            code: The `code` that the redirect brought, at most 10 minutes ago.

        Raises:
            TokenRefused: The code or the client is not accepted, or no refresh token came.
            GetResponseError: Anything else that went wrong.

        Source: GetResponse API v3, Authorization Code flow.
        """
        try:
            answer = self.get_client().send(token_request("authorization_code", SecretStr(code)))
        except GetResponseError as error:
            raise told_safely(error, "authorization_code") from None
        issued = read_token(answer)
        if not issued.refresh_token:
            raise TokenRefused("no refresh token came with the access token")
        authorized = self.model_copy(update={"refresh_token": issued.refresh_token})
        tokens_of(authorized).accept(issued)
        return authorized

    def _auth(self) -> Authorization:
        extra = {"X-Domain": self.domain} if self.domain else {}
        if self.parent_login:
            extra["X-Parent-Login"] = self.parent_login
        if self.api_key.get_secret_value():
            return ApiKeyAuth(self.api_key, self.endpoint, extra)
        return OAuthAuth(self.client_id, self.client_secret, tokens_of(self), self.endpoint, extra)

    def _headers(self) -> dict[str, str]:
        from prefect_getresponse import __version__

        headers = {"User-Agent": f"prefect-getresponse/{__version__}"}
        if self.time_zone:
            headers["X-Time-Zone"] = self.time_zone
        return headers

    def _identity(self) -> tuple[str, ...]:
        return (
            self.endpoint,
            self.account_name,
            self.domain,
            self.parent_login,
            self.time_zone,
            login_of(self),
        )

    def _connection(self) -> Connection:
        return Connection(self.ca_file, self.proxy)


_lock = threading.RLock()
_Key = tuple[tuple[str, ...], Connection]
_clients: dict[_Key, Client] = {}
_async_clients: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[_Key, AsyncClient]] = (
    weakref.WeakKeyDictionary()
)
_throttles: dict[tuple[str, str], Throttle] = {}


@after_fork
def _begin_anew() -> None:
    """Have no clients: over a shared connection a process would read the other's answers."""
    global _lock
    _lock = threading.RLock()
    _clients.clear()
    _async_clients.clear()


def _throttle(identity: tuple[str, ...]) -> Throttle:
    """One budget an account: its endpoint and name, whatever key reaches it."""
    account = (identity[0], identity[1])
    with _lock:
        if account not in _throttles:
            endpoint, name = account
            _throttles[account] = shared_throttle(name, endpoint)
        return _throttles[account]


def _tidied(values: Any) -> Any:
    """Texts without the spaces and line breaks that pasting and the Enter key leave around them."""
    if not isinstance(values, dict):
        return values
    fields = cast("dict[str, Any]", values)
    return {name: _stripped(value) for name, value in fields.items()}


def _stripped(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return SecretStr(value.get_secret_value().strip())
    return value.strip() if isinstance(value, str) else value


def _endpoint_contradictions(base_url: str, allowed: bool) -> list[tuple[bool, str]]:
    if not base_url or base_url.rstrip("/") in ENDPOINTS.values():
        return []
    parts = _plain_url(base_url)
    return [
        (not allowed, "A custom endpoint needs 'Allow custom endpoint' (allow_custom_host)."),
        (
            parts is None,
            "The custom endpoint is a plain URL such as http://127.0.0.1:8080/v3.",
        ),
        (
            parts is not None and parts.scheme == "http" and parts.hostname not in _LOOPBACK,
            "Plain http is allowed to this machine only: use https.",
        ),
    ]


def _proxy_contradictions(proxy: str, endpoint: str) -> list[tuple[bool, str]]:
    if not proxy:
        return []
    without_login = re.sub(r"(?<=://)[^@/?# ]*@", "", proxy)
    parts = _plain_url(without_login)
    return [
        (
            parts is None or parts.path not in ("", "/"),
            "The proxy is a URL such as http://user:password@proxy.example:3128.",
        ),
        (
            urlsplit(endpoint).scheme == "http",
            "A custom endpoint on plain http is reached directly: leave the proxy empty.",
        ),
    ]


def _plain_url(text: str) -> SplitResult | None:
    """Parts of an http(s) URL without user, query and fragment; None for anything else.

    Names in other scripts look like names they are not: they are written as `xn--...`.
    """
    if not _VISIBLE.fullmatch(text):
        return None
    try:
        parts = urlsplit(text)
        surplus = (parts.username, parts.password, parts.query, parts.fragment)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return parts if usable and not any(surplus) else None
