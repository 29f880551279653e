"""The credentials block: what people type once into the Prefect UI."""

from __future__ import annotations

from copy import deepcopy
from importlib.metadata import metadata
from typing import TYPE_CHECKING, Any, ClassVar, Self

from prefect.blocks.abstract import CredentialsBlock
from pydantic import ConfigDict, GetJsonSchemaHandler, SecretStr
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from prefect_getresponse.accounts.access import Access
from prefect_getresponse.accounts.platforms import Platform
from prefect_getresponse.runtime.run_logs import show_in_runs

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

# What the client warns of belongs into the log of the run, and a run has a block.
show_in_runs()


def _documentation() -> str:
    """Our page about logging in, if this installation knows where it is, else GetResponse's."""
    for named in metadata("prefect-getresponse").get_all("Project-URL") or []:
        name, _, address = named.partition(", ")
        if name == "Documentation":
            return f"{address.rpartition('/')[0]}/authentication.md"
    return "https://apidocs.getresponse.com/v3/authentication"


class GetResponseCredentials(Access, CredentialsBlock):
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
    _documentation_url: ClassVar[Any] = _documentation()
    _logo_url: ClassVar[Any] = "https://www.getresponse.com/apple-touch-icon.png"

    # A block takes any field otherwise, and an error would print the key that it came with.
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    _schemas: ClassVar[dict[object, dict[str, Any]]] = {}

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

    @classmethod
    def model_json_schema(cls, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return the JSON schema, made once: Prefect asks for it with each field of each dump."""
        asked = (cls, args, tuple(kwargs.items()))
        if asked not in cls._schemas:
            cls._schemas[asked] = super().model_json_schema(*args, **kwargs)
        return deepcopy(cls._schemas[asked])

    @property
    def document_name(self) -> str:
        """Name of the block document that this was loaded from or saved to; empty if none."""
        return self._block_document_name or ""  # Prefect has no public name for it
