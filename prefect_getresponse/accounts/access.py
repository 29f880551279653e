"""Access to an account: what a credentials block holds and can do, without Prefect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode, urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    SecretStr,
    ValidationError,
    model_validator,
)

from prefect_getresponse.accounts.authorizations import exchanged, tokens_of
from prefect_getresponse.accounts.clients import shared_async_client, shared_client
from prefect_getresponse.accounts.platforms import ENDPOINTS, Platform
from prefect_getresponse.accounts.refusals import contradictions, tidied
from prefect_getresponse.client.errors import InvalidConfiguration
from prefect_getresponse.client.faults import requirement
from prefect_getresponse.client.request import ApiRequest, RetryClass
from prefect_getresponse.client.send import AsyncClient, Client
from prefect_getresponse.settings import GetResponseSettings

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_AUTHORIZE_PAGE = "oauth2_authorize.html"


class Access(BaseModel):
    """Access to one GetResponse account, by an API key or OAuth 2.0.

    The credentials block explains its fields; commands that name no block make one of these.

    Raises:
        InvalidConfiguration: The values do not go together; all that is wrong is said at once.
    """

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
            made = make(tidied(values))
        except ValidationError as error:
            sentences = [cls._sentence(fault) for fault in error.errors()]
        else:
            sentences = list(contradictions(made))
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
            return f"{field.title}: {requirement(fault)}."
        return f"There is no field {name!r}: remove it, or update prefect-getresponse."

    @property
    def document_name(self) -> str:
        """Name of the block document that this was loaded from or saved to; empty if none."""
        return ""

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
        return shared_client(self)

    def get_async_client(self) -> AsyncClient:
        """Return the client of this account for the running event loop; it closes with the loop."""
        return shared_async_client(self)

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
        issued = exchanged(code, self.get_client())
        authorized = self.model_copy(update={"refresh_token": issued.refresh_token})
        tokens_of(authorized).accept(issued)
        return authorized
