"""Settings of the integration: environment, `.env`, `prefect.toml` or a Prefect profile.

Every field is `PREFECT_INTEGRATIONS_GETRESPONSE_<NAME>`.  A task argument wins over the
credentials block, the block over these settings.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from prefect_getresponse.runtime.prefect_files import PrefectFiles, files_below


class GetResponseSettings(PrefectFiles):
    """What may be set outside a credentials block.

    Attributes:
        api_key: API key the command line uses when no block is named.
        client_id: Client id of an OAuth 2.0 application, instead of an API key.
        client_secret: Its client secret.
        refresh_token: Refresh token of an OAuth 2.0 authorization; empty for client credentials.
        base_url: Endpoint instead of the platform's own, for a sandbox or a test host.
        allow_custom_host: Allow `base_url` to name another host than GetResponse's.
        platform: `GetResponse`, `GetResponse MAX US` or `GetResponse MAX PL`.
        domain: Registered domain of a MAX account.
        parent_login: Login of the parent account, for MAX users of several accounts.
        time_zone: Time zone of dates in answers; UTC when empty.
        ca_file: PEM file of the certificate authorities to trust, instead of the usual ones.
        proxy: URL of the proxy to GetResponse, with its password if it needs one.
        account_name: Name of the account in limits, state files and events; not secret.
        settle_seconds: Longest wait for queued contacts to appear on their list.
        import_seconds: Longest wait for GetResponse to do an import, its review included.
        webhook_secret: The `secret` in the URL of webhooks, at least 32 random bytes.
        webhook_secret_previous: The previous secret, until the panel has the new one.
        inbox_url: Database of received webhooks and callbacks: SQLAlchemy's URL, its password
            written as `${NAME}` if it is to come from the environment; `inbox.sqlite` in the state
            folder when empty.
        state_dir: Folder of the import's ledgers; `<PREFECT_HOME>/getresponse` when empty.
        retention_days: Days for which imports remember people who are in no source any more.
        ledger_copy: Folder or URL to copy the ledgers to, for workers without a lasting disk.
        source_max_ratio: How many times as large as a packed or Parquet file its content may be.
        require_read_only: Refuse databases as sources that have no read-only transactions.
        link_hosts: Hosts of your own network that links of newsletters may lead to, separated by
            commas; others are not asked there.
    """

    table: ClassVar[tuple[str, ...]] = ("integrations", "getresponse")
    model_config: ClassVar[SettingsConfigDict] = files_below(*table)

    api_key: SecretStr = SecretStr("")
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    refresh_token: SecretStr = SecretStr("")
    base_url: str = ""
    allow_custom_host: bool = False
    platform: str = "GetResponse"
    domain: str = ""
    parent_login: str = ""
    time_zone: str = ""
    ca_file: str = ""
    proxy: SecretStr = SecretStr("")
    account_name: str = "default"
    settle_seconds: float = Field(default=600.0, ge=0)
    import_seconds: float = Field(default=3600.0, ge=0)
    webhook_secret: SecretStr = SecretStr("")
    webhook_secret_previous: SecretStr = SecretStr("")
    inbox_url: str = ""
    state_dir: str = ""
    retention_days: float = Field(default=30.0, gt=0)
    ledger_copy: str = ""
    source_max_ratio: float = Field(default=100.0, ge=1)
    require_read_only: bool = False
    link_hosts: str = ""
