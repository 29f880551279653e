"""The credentials block: what it refuses and how it says so, what it shares and what it hides."""

import asyncio
import json
import logging
import pickle
import re
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from prefect import flow
from prefect.blocks.core import Block
from prefect.client.orchestration import get_client
from prefect.testing.standard_test_suites.blocks import BlockStandardTestSuite
from pydantic import SecretStr

from prefect_getresponse import (
    AuthenticationFailed,
    GetResponseCredentials,
    InvalidConfiguration,
    TokenRefused,
)
from prefect_getresponse.accounts.authorizations import tokens_of
from prefect_getresponse.client.request import ApiRequest, RetryClass
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.settings import GetResponseSettings
from tests.client.fault_server import FaultServer, answer
from tests.support.running_sandbox import RunningSandbox

cloudpickle: Any = import_module("cloudpickle")  # has no types
KEY = "canary-0123456789abcdef"
SCHEMA = Path(__file__).parent / "snapshots" / "getresponse-credentials.json"
MAX = {"platform": "GetResponse MAX US", "domain": "example.com"}
OAUTH = {"client_id": "c", "client_secret": "canary-secret"}
CUSTOM = {"api_key": KEY, "allow_custom_host": True}


def make(**values: Any) -> GetResponseCredentials:
    return GetResponseCredentials.model_validate({"api_key": KEY} | values)


class TestContradictions:
    @pytest.mark.parametrize(
        ("values", "sentence"),
        [
            ({}, "Give an API key, or an OAuth client id and secret."),
            ({"api_key": KEY, "client_id": "c"}, "either an API key or an OAuth client, not both"),
            ({"client_id": "c"}, "OAuth needs both a client id and a client secret: fill"),
            ({"client_secret": "s"}, "OAuth needs both a client id and a client secret: fill"),
            ({"api_key": KEY, "refresh_token": "r"}, "A refresh token needs its OAuth client"),
            ({"refresh_token": "r"}, "A refresh token needs its OAuth client id and secret: fill"),
            *(
                ({**OAUTH, field: "canary\n1"}, f"The {name} holds ")
                for field, name in (
                    ("client_id", "OAuth client id"),
                    ("client_secret", "OAuth client secret"),
                    ("refresh_token", "OAuth refresh token"),
                )
            ),
            ({**OAUTH, "client_id": "a:b"}, "The OAuth client id holds a colon"),
            ({**MAX, "api_key": KEY, "parent_login": "a\r\nb"}, "The parent login holds spaces"),
            ({"api_key": KEY, "time_zone": "Europe/\nWarsaw"}, "The time zone is a name such as"),
            ({"api_key": KEY, "time_zone": "two words"}, "The time zone is a name such as"),
            ({"api_key": f"{KEY} x"}, "The API key holds spaces or characters that no key has"),
            ({"api_key": f"{KEY}\nx"}, "The API key holds spaces or characters that no key has"),
            ({"api_key": "kłucz"}, "The API key holds spaces or characters that no key has"),
            (
                {"api_key": KEY, "platform": "GetResponse MAX PL"},
                "GetResponse MAX PL needs the account's domain.",
            ),
            ({"api_key": KEY, "domain": "a.example"}, "Domain and parent login belong to MAX"),
            ({"api_key": KEY, "parent_login": "a"}, "Domain and parent login belong to MAX"),
            *(
                ({"api_key": KEY, **MAX, "domain": domain}, "The domain is a bare host name")
                for domain in (
                    "https://example.com",
                    "www.example.com",
                    "example",
                    "example.com/",
                    "example.com:443",
                    "-a.example",
                    "a..example",
                    "exa mple.com",
                    "example.com\n.com",
                )
            ),
            ({"api_key": KEY, "base_url": "https://a.example/v3"}, "A custom endpoint needs"),
            *(
                ({**CUSTOM, "base_url": url}, "The custom endpoint is a plain URL such as")
                for url in (
                    "ftp://127.0.0.1/v3",
                    "127.0.0.1:8080/v3",
                    "http://",
                    "http://me:pw@127.0.0.1/v3",
                    "http://127.0.0.1/v3?a=b",
                    "http://127.0.0.1/v3#a",
                    "http://127.0.0.1:abc/v3",
                    "http://127.0.0.1:99999/v3",
                    "http://[::1/v3",
                )
            ),
            *(
                ({**CUSTOM, "base_url": url}, "Plain http is allowed to this machine only")
                for url in ("http://a.example/v3", "http://10.0.0.1/v3", "http://127.0.0.1.a.io/v3")
            ),
        ],
    )
    def test_are_refused_with_a_sentence(self, values: dict[str, Any], sentence: str) -> None:
        with pytest.raises(InvalidConfiguration, match=re.escape(sentence)) as caught:
            GetResponseCredentials.model_validate(values)
        assert "canary" not in f"{caught.value}{caught.value!r}"
        assert caught.value.__context__ is None

    def test_are_all_told_at_once(self) -> None:
        with pytest.raises(InvalidConfiguration) as caught:
            make(domain="https://example.com", base_url="http://10.0.0.1")
        assert str(caught.value) == (
            "the GetResponse credentials cannot be used: Domain and parent login belong to MAX: "
            "choose a MAX platform or leave them empty. The domain is a bare host name such as "
            "example.com, without https:// and www. A custom endpoint needs 'Allow custom "
            "endpoint' (allow_custom_host). Plain http is allowed to this machine only: use https. "
            "Correct the block in the Prefect UI (Blocks) and run again."
        )

    @pytest.mark.parametrize(
        "values",
        [
            {"api_key": KEY},
            {"client_id": "c", "client_secret": "s"},
            {"client_id": "c", "client_secret": "s", "refresh_token": "r"},
            {"api_key": KEY, **MAX},
            {"api_key": KEY, **MAX, "parent_login": "boss@example.com"},
            {"api_key": KEY, "base_url": "https://api.getresponse.com/v3/"},
            {**CUSTOM, "base_url": "https://gateway.example/getresponse/v3"},
            {**CUSTOM, "base_url": "http://localhost:8080/v3"},
            {**CUSTOM, "base_url": "http://[::1]:8080/v3"},
        ],
    )
    def test_all_else_is_accepted(self, values: dict[str, Any]) -> None:
        GetResponseCredentials.model_validate(values)

    @pytest.mark.parametrize(
        ("values", "sentence"),
        [
            ({"apikey": "canary"}, "There is no field 'apikey': remove it, or update"),
            ({"platform": "canary"}, "The platform is one of GetResponse, GetResponse MAX US, "),
            ({"api_key": 5}, "API key: must be a text."),
            ({"allow_custom_host": "canary"}, "Allow custom endpoint: must be true or false"),
            *(
                ({"account_name": name}, "The account name has up to 63 letters")
                for name in ("", "a b", "a/b", "-a", "x" * 64, "jane@example.com")
            ),
        ],
    )
    def test_what_no_field_takes_is_refused(self, values: dict[str, Any], sentence: str) -> None:
        with pytest.raises(InvalidConfiguration, match=re.escape(sentence)) as caught:
            make(**values)
        assert "canary" not in f"{caught.value}{caught.value!r}"

    @pytest.mark.parametrize("around", ["{}\n", " {}", "\t{} \r\n"])
    def test_spaces_around_what_was_pasted_are_taken_off(self, around: str) -> None:
        texts = {"api_key": KEY, "account_name": "main", "time_zone": "UTC", **MAX}
        pasted = {name: around.format(text) for name, text in texts.items()}
        secret = {"api_key": SecretStr(pasted["api_key"])}

        assert make(**pasted) == make(**pasted | secret) == make(**texts)
        assert make(**pasted).api_key.get_secret_value() == KEY


class TestEndpoint:
    @pytest.mark.parametrize(
        ("values", "endpoint"),
        [
            ({}, "https://api.getresponse.com/v3"),
            (MAX, "https://api3.getresponse360.com/v3"),
            (
                {**MAX, "platform": "GetResponse MAX PL"},
                "https://api3.getresponse360.pl/v3",
            ),
            ({**CUSTOM, "base_url": "http://127.0.0.1:1/v3/"}, "http://127.0.0.1:1/v3"),
        ],
    )
    def test_follows_from_the_platform(self, values: dict[str, Any], endpoint: str) -> None:
        assert make(**values).endpoint == endpoint

    def test_headers_of_the_account_are_sent(self) -> None:
        with FaultServer(answer(200, {"accountId": "a"})) as server:
            make(
                **MAX,
                base_url=server.url,
                allow_custom_host=True,
                parent_login="boss@example.com",
                time_zone="Europe/Warsaw",
            ).verify()

        for line in (
            f"X-Auth-Token: api-key {KEY}",
            "X-Domain: example.com",
            "X-Parent-Login: boss@example.com",
            "X-Time-Zone: Europe/Warsaw",
        ):
            assert line in server.requests[0].splitlines()
        assert "\r\nUser-Agent: prefect-getresponse/" in server.requests[0]


class TestSecrets:
    def test_are_hidden(self, caplog: pytest.LogCaptureFixture) -> None:
        credentials = make()
        caplog.set_level(logging.DEBUG)
        logging.getLogger("test").debug("%s %r", credentials, credentials)
        client = credentials.get_client()

        shown = f"{credentials!r}{credentials}{client!r}{vars(client)}{caplog.text}"
        assert KEY not in shown + credentials.model_dump_json()

    def test_survive_pickle(self) -> None:
        for dumped in (pickle.dumps(make()), cloudpickle.dumps(make())):
            twin = pickle.loads(dumped)
            assert twin == make()
            assert twin.api_key.get_secret_value() == KEY


class TestSharing:
    def test_one_client_an_account_and_process(self) -> None:
        with ThreadPoolExecutor(10) as pool:
            clients = [pool.submit(make().get_client) for _ in range(50)]
        assert len({client.result() for client in clients}) == 1

    @pytest.mark.parametrize(
        "other", [{"api_key": "another-key"}, {"time_zone": "Europe/Warsaw"}, MAX]
    )
    def test_other_credentials_have_their_own(self, other: dict[str, Any]) -> None:
        assert make(**other).get_client() is not make().get_client()

    def test_keys_of_one_account_share_its_limits(self) -> None:
        one, two = make().get_client(), make(api_key="another-key").get_client()
        assert one.throttle is two.throttle

    def test_accounts_do_not_share_limits(self) -> None:
        assert make(account_name="b").get_client().throttle is not make().get_client().throttle

    def test_one_async_client_an_event_loop(self) -> None:
        async def clients() -> list[AsyncClient]:
            return [make().get_async_client() for _ in range(3)]

        first, second = asyncio.run(clients()), asyncio.run(clients())

        assert len(set(first)) == len(set(second)) == 1
        assert first[0] is not second[0]
        assert first[0].throttle is second[0].throttle is make().get_client().throttle


class TestVerify:
    def test_says_which_account_it_is(self, sandbox: RunningSandbox) -> None:
        sentence = sandbox.credentials().verify()
        assert re.fullmatch(r"The credentials work for account \w+ at http://127\S+\.", sentence)

    def test_a_wrong_key_is_explained(self, sandbox: RunningSandbox) -> None:
        with pytest.raises(AuthenticationFailed, match="90 days"):
            sandbox.credentials(api_key=KEY).verify()

    def test_a_wrong_client_is_explained(self, sandbox: RunningSandbox) -> None:
        with pytest.raises(TokenRefused, match="Check the client id and client secret"):
            sandbox.oauth_credentials(client_secret="wrong").verify()


@pytest.mark.xdist_group("prefect")
class TestSavedByTheForm:
    """Prefect's form saves whatever is typed into it."""

    REFUSAL = "Give either an API key or an OAuth client, not both"

    @pytest.fixture
    def block_slug(self, prefect_server: str) -> str:
        """A block with a key and an OAuth client, saved without the class."""
        GetResponseCredentials.register_type_and_schema()
        make().save("typed", overwrite=True)
        data = {"api_key": KEY, "client_id": "typed-too"}
        change = {"data": data, "merge_existing_data": False}
        # Prefect's own client tries again when the server's database is locked.
        with get_client(sync_client=True) as client:
            document = client.read_block_document_by_name("typed", "getresponse-credentials")
            where = {"id": document.id}
            client.request("PATCH", "/block_documents/{id}", path_params=where, json=change)
        return "getresponse-credentials/typed"

    @pytest.mark.usefixtures("block_slug")
    def test_a_wrong_block_is_refused_when_it_is_loaded(self) -> None:
        with pytest.raises(InvalidConfiguration, match=self.REFUSAL):
            GetResponseCredentials.load("typed")

    @pytest.mark.parametrize("how", ["reference", "load"])
    def test_a_flow_run_says_what_is_wrong_with_it(self, how: str, block_slug: str) -> None:
        @flow
        def use(credentials: Any) -> None:
            if how == "load":
                GetResponseCredentials.load(credentials)

        reference = {"$ref": {"block_document_slug": block_slug}}
        state: Any = use(reference if how == "reference" else "typed", return_state=True)

        assert state.is_failed()
        assert (
            f"InvalidConfiguration: the GetResponse credentials cannot be used: {self.REFUSAL}"
            in (state.message)
        )
        assert "Correct the block in the Prefect UI" in state.message


class TestOAuth:
    def test_client_credentials_are_enough(self, sandbox: RunningSandbox) -> None:
        assert "work for account" in sandbox.oauth_credentials().verify()
        assert sandbox.calls() == ["POST /v3/token", "GET /v3/accounts"]

    def test_sync_and_async_clients_share_one_token(self, sandbox: RunningSandbox) -> None:
        credentials = sandbox.oauth_credentials(account_name="shared")
        request = ApiRequest("GET", "/tags", "/tags", RetryClass.READ)

        async def call() -> None:
            await credentials.get_async_client().send(request)

        credentials.get_client().send(request)
        asyncio.run(call())
        credentials.model_copy(update={"time_zone": "UTC"}).get_client().send(request)
        assert sandbox.calls().count("POST /v3/token") <= 1

    def test_a_code_becomes_a_refresh_token(self, sandbox: RunningSandbox) -> None:
        applicant = sandbox.oauth_credentials()
        authorized = applicant.exchange_code(sandbox.code(applicant))

        assert authorized.refresh_token
        assert not applicant.refresh_token
        assert "work for account" in authorized.verify()
        assert sandbox.calls()[1:] == ["POST /v3/token", "GET /v3/accounts"]

    def test_a_wrong_code_is_explained(self, sandbox: RunningSandbox) -> None:
        with pytest.raises(TokenRefused, match=r"authorization code.*oauth login") as caught:
            sandbox.oauth_credentials().exchange_code("canary-code")
        assert "canary" not in f"{caught.value!r}{caught.value}"

    def test_a_code_without_refresh_token_is_refused(self) -> None:
        with FaultServer(answer(200, {"access_token": "a"})) as server:
            credentials = GetResponseCredentials.model_validate(
                {**OAUTH, "base_url": server.url, "allow_custom_host": True}
            )
            with pytest.raises(TokenRefused, match="no refresh token came"):
                credentials.exchange_code("code")

    def test_a_replaced_refresh_token_keeps_client_and_tokens(
        self, sandbox: RunningSandbox
    ) -> None:
        applicant = sandbox.oauth_credentials()
        before = applicant.exchange_code(sandbox.code(applicant))
        before.verify()
        sandbox.control("POST", "expire_tokens")
        before.verify()
        newer = tokens_of(before).refresh_token
        after = before.model_copy(update={"refresh_token": newer})

        assert newer != before.refresh_token
        assert after.get_client() is before.get_client()

    @pytest.mark.parametrize(
        ("values", "page"),
        [
            ({}, "https://app.getresponse.com/"),
            (MAX, "https://example.com/"),
            (
                {"base_url": "http://127.0.0.1:8088/v3", "allow_custom_host": True},
                "http://127.0.0.1:8088/",
            ),
        ],
    )
    def test_the_page_to_authorize_on_follows_from_the_platform(
        self, values: dict[str, Any], page: str
    ) -> None:
        url = GetResponseCredentials.model_validate(OAUTH | values).authorization_url("x&y")
        assert url == f"{page}oauth2_authorize.html?response_type=code&client_id=c&state=x%26y"

    def test_max_tells_its_domain_to_the_token_endpoint(self) -> None:
        issued, account = answer(200, {"access_token": "a"}), answer(200, {"accountId": "a"})
        with FaultServer(issued, account) as server:
            GetResponseCredentials.model_validate(
                {**OAUTH, **MAX, "base_url": server.url, "allow_custom_host": True}
            ).verify()
        assert all("X-Domain: example.com" in each.splitlines() for each in server.requests)
        assert len(server.requests) == 2


class TestSettings:
    PREFIX = "PREFECT_INTEGRATIONS_GETRESPONSE_"

    @pytest.fixture(autouse=True)
    def bare(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("PREFECT_PROFILES_PATH", str(tmp_path / "profiles.toml"))
        monkeypatch.delenv(f"{self.PREFIX}API_KEY", raising=False)

    def test_make_credentials(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(f"{self.PREFIX}API_KEY", KEY)
        monkeypatch.setenv(f"{self.PREFIX}BASE_URL", "http://127.0.0.1:1/v3")
        monkeypatch.setenv(f"{self.PREFIX}ALLOW_CUSTOM_HOST", "true")
        monkeypatch.setenv(f"{self.PREFIX}ACCOUNT_NAME", "main")
        credentials = GetResponseCredentials.from_settings()

        assert credentials.api_key.get_secret_value() == KEY
        assert (credentials.account_name, credentials.endpoint) == ("main", "http://127.0.0.1:1/v3")

    def test_make_oauth_credentials(self, monkeypatch: pytest.MonkeyPatch) -> None:
        settings = {
            "CLIENT_ID": "c",
            "CLIENT_SECRET": "canary-secret",
            "REFRESH_TOKEN": "canary-refresh",
            "PLATFORM": "GetResponse MAX PL",
            "DOMAIN": "example.com",
            "PARENT_LOGIN": "boss@example.com",
            "TIME_ZONE": "Europe/Warsaw",
        }
        for name, text in settings.items():
            monkeypatch.setenv(f"{self.PREFIX}{name}", text)
        credentials = GetResponseCredentials.from_settings()

        assert credentials.client_secret.get_secret_value() == "canary-secret"
        assert credentials.refresh_token.get_secret_value() == "canary-refresh"
        assert (credentials.client_id, credentials.time_zone) == ("c", "Europe/Warsaw")
        assert (credentials.domain, credentials.parent_login) == ("example.com", "boss@example.com")
        assert "canary" not in f"{GetResponseSettings()!r}{credentials!r}"

    def test_say_what_is_missing(self) -> None:
        with pytest.raises(InvalidConfiguration, match=f"Give an API key.*{self.PREFIX}API_KEY"):
            GetResponseCredentials.from_settings()

    def test_never_show_the_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(f"{self.PREFIX}API_KEY", f"{KEY} with spaces")
        with pytest.raises(InvalidConfiguration, match="paste it again") as caught:
            GetResponseCredentials.from_settings()
        assert "canary" not in f"{caught.value!r}{caught.value}"


class TestBlock(BlockStandardTestSuite):
    @pytest.fixture
    def block(self) -> type[Block]:
        return GetResponseCredentials

    @pytest.mark.skip(reason="downloads the logo")
    def test_has_a_valid_image(self, block: type[Block]) -> None: ...

    def test_slug(self) -> None:
        assert GetResponseCredentials.get_block_type_slug() == "getresponse-credentials"

    def test_fields_show_well_in_the_form(self) -> None:
        for field in GetResponseCredentials.model_json_schema()["properties"].values():
            assert field["title"]
            assert field["type"] in ("string", "boolean")

    def test_its_schema_changes_only_on_purpose(self) -> None:
        """Stored blocks are tied to the checksum; a change that is meant is written to SCHEMA."""
        seen = {
            "checksum": GetResponseCredentials._calculate_schema_checksum(),  # pyright: ignore[reportPrivateUsage] - Prefect compares it
            "schema": GetResponseCredentials.model_json_schema(),
        }
        assert seen == json.loads(SCHEMA.read_text(encoding="utf-8"))


def test_the_name_of_a_block_is_no_block() -> None:
    with pytest.raises(InvalidConfiguration, match="not its name") as caught:
        GetResponseCredentials.model_validate("a-key-by-mistake")
    assert "GetResponseCredentials.load" in str(caught.value)
    assert "mistake" not in str(caught.value)
