"""What is taken out, of which case of a hostile day, and which tests must fail then."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from prefect_getresponse import cli
from prefect_getresponse.cli import console
from prefect_getresponse.client import auth, connection, oauth, request, retry, wire
from prefect_getresponse.client.answers.shape import Shape
from prefect_getresponse.client.auth import OAuthAuth
from prefect_getresponse.client.privacy import masking
from prefect_getresponse.contact_import.columns import mapping
from prefect_getresponse.contact_import.evidence import CAME_BY, CAME_SINCE
from prefect_getresponse.contact_import.ledger import connection as ledger_connection
from prefect_getresponse.contact_import.ledger import trouble
from prefect_getresponse.contact_import.ledger.books import awaited
from prefect_getresponse.contact_import.ledger.copies import rehearsal
from prefect_getresponse.contact_import.planning import consent_dates, decision
from prefect_getresponse.contact_import.sending import import_lane, remove
from prefect_getresponse.contact_import.sending.import_lane import ImportLane
from prefect_getresponse.flows import nightly_contact_import as flow
from prefect_getresponse.limits.slots import SlotKeeper
from prefect_getresponse.reporting import streams
from prefect_getresponse.runtime import run_logs
from prefect_getresponse.sources import database_urls, parquet, sql

Without = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Mutation:
    """Something that is taken out of the package.

    Attributes:
        case: The case of a hostile day that it is for.
        without: Takes it out.
        noticed_by: Tests that must fail then, each with one set of its parameters at least.
        patience: Seconds after which they have failed because they come to no end.
    """

    case: str
    without: Without
    noticed_by: tuple[str, ...]
    patience: float = 300.0

    @property
    def name(self) -> str:
        """What the package does without it."""
        return self.without.__name__


MUTATIONS: list[Mutation] = []


def noticed(
    case: str, file: str, *tests: str, patience: float = 300.0
) -> Callable[[Without], Without]:
    """Enter a mutation into the table.

    Args:
        case: The case.
        file: The file of the tests, below `tests/`.
        tests: The tests that must fail.
        patience: Seconds after which they come to no end.
    """

    def enter(without: Without) -> Without:
        names = tuple(f"tests/{file}::{test}" for test in tests)
        MUTATIONS.append(Mutation(case, without, names, patience))
        return without

    return enter


def _inside(owner: Any, name: str) -> Any:
    """What a module keeps to itself."""
    return getattr(owner, name)


def _nothing_of(_any: object) -> tuple[()]:
    return ()


def _nothing(*_arguments: Any, **_options: Any) -> None: ...


@contextmanager
def _stopping(_what: str) -> Generator[None]:
    """In the place of `never_stopping`: what fails within goes on to whoever called."""
    yield


_HOSTILE = "contact_import/test_hostile_day.py"

# Removals and imports ------------------------------------------------------------------------


@noticed(
    "10e",
    _HOSTILE,
    "test_one_who_cannot_be_removed_keeps_nobody_else",
    "test_removals_that_end_badly_leave_nobody_else_without_a_verdict",
)
def one_refusal_ends_all_removals(patch: pytest.MonkeyPatch) -> None:
    """One who cannot be removed ends the run."""

    async def without_leaving(remover: Any, person: tuple[str, str]) -> None:
        await remover._remove(*person)
        remover._removals.done(person[0])

    patch.setattr(_inside(remove, "_Remover"), "remove", without_leaving)


@noticed(
    "6",
    _HOSTILE,
    "test_one_who_waits_in_the_queue_before_our_batch_gets_what_the_source_says",
)
def whoever_came_before_is_ours(patch: pytest.MonkeyPatch) -> None:
    """People who came by the API since the first try of a call came by it, whatever their name."""
    patch.setattr(awaited, "MAY_BE_OURS", f"{CAME_BY} AND {CAME_SINCE}")


@noticed("10e", _HOSTILE, "test_one_row_that_is_refused_keeps_no_import_out")
def a_refused_import_is_not_searched(patch: pytest.MonkeyPatch) -> None:
    """A row for which an import is refused keeps the others out."""
    patch.setattr(ImportLane, "_find_the_row", _inside(ImportLane, "_refuse"))


@noticed(
    "10e",
    "contact_import/test_imports.py",
    "test_halves_beyond_the_imports_of_a_day_are_not_tried",
)
def halves_are_not_counted(patch: pytest.MonkeyPatch) -> None:
    """More imports are tried than there are left today."""

    def left_of_day(*_arguments: object) -> float:
        return math.inf

    patch.setattr(import_lane, "left_of_day", left_of_day)


# OAuth ---------------------------------------------------------------------------------------

_OAUTH = "client/test_oauth.py"


@noticed(
    "10h",
    _OAUTH,
    "TestSeveralProcesses::test_each_that_loses_the_race_tries_the_next_token",
    "TestAnotherAccount::test_a_new_login_of_the_same_account_goes_on",
)
def who_loses_the_race_for_a_token_gives_up(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks whether another process has got a newer refresh token."""

    def none_newer(_renewal: oauth.Renewal, _spent: object) -> Generator[Any, Any, None]:
        return
        yield

    patch.setattr(oauth.Renewal, "_look_for_newer", none_newer)


@noticed("10h", _OAUTH, "TestAnotherAccount::test_ends_the_run_before_a_call_is_made_as_it")
def any_account_will_do(patch: pytest.MonkeyPatch) -> None:
    """A block that opens another account by now is used on."""

    def unchecked(_renewal: oauth.Renewal, _issued: object) -> Generator[Any, Any, None]:
        return
        yield

    patch.setattr(oauth.Renewal, "_check_account", unchecked)


@noticed("10h", _OAUTH, "TestOrder::test_the_token_is_asked_for_when_the_call_may_start")
def a_token_is_renewed_when_it_was_refused(patch: pytest.MonkeyPatch) -> None:
    """The age of a token is looked at once, before the first call."""
    renewal = OAuthAuth.renewal

    def once(auth: Any) -> Any:
        if not auth._tokens.access_token.get_secret_value():
            return renewal(auth)
        return None

    patch.setattr(OAuthAuth, "renewal", once)


@noticed("10h", _OAUTH, "test_what_is_no_token_is_used_nowhere")
def any_text_is_a_token(patch: pytest.MonkeyPatch) -> None:
    """Whatever the token endpoint gives is used and kept."""

    def usable(token: object) -> str:
        return token if isinstance(token, str) else ""

    patch.setattr(oauth, "usable_token", usable)


@noticed("10h", _OAUTH, "test_one_rule_says_what_a_token_is")
def a_token_has_no_blanks(patch: pytest.MonkeyPatch) -> None:
    """A token with a blank inside is none."""

    def usable(token: object) -> str:
        is_one = isinstance(token, str) and token.isascii() and token.isalnum()
        return str(token) if is_one else ""

    patch.setattr(oauth, "usable_token", usable)


# A Prefect server that is gone ---------------------------------------------------------------


@noticed(
    "10j",
    "flows/test_nightly_contact_import.py",
    "test_a_prefect_that_is_gone_after_sending_hides_nothing_of_what_was_sent",
)
def what_became_of_the_rows_is_shown_only(patch: pytest.MonkeyPatch) -> None:
    """No line in the log says what became of the rows before Prefect is asked to show it."""
    patch.setattr(flow, "tell", _nothing)


@noticed(
    "16",
    "flows/test_nightly_contact_import.py",
    "test_artifacts_that_prefect_does_not_take_stop_nothing",
)
def what_cannot_be_shown_stops_the_run(patch: pytest.MonkeyPatch) -> None:
    """An artifact that Prefect does not take ends the task."""
    patch.setattr(flow, "never_stopping", _stopping)


@noticed("10l", "limits/test_slots.py", "TestTrouble::test_silence_is_explained_once")
def nobody_says_why_calls_wait(patch: pytest.MonkeyPatch) -> None:
    """A worker without slots waits in silence."""
    patch.setattr(SlotKeeper, "_say", _nothing)


@noticed("10l", "limits/test_slots.py", "TestTrouble::test_slots_that_were_lost_are_freed")
def lost_slots_stay_lost(patch: pytest.MonkeyPatch) -> None:
    """What a dead server has leased is never freed."""
    patch.setattr(SlotKeeper, "_free_lost", _nothing)


# The wire ------------------------------------------------------------------------------------

_WIRE = "client/test_wire.py"


@noticed("10k", _WIRE, "test_a_refused_certificate_says_why")
def every_certificate_is_just_not_valid(patch: pytest.MonkeyPatch) -> None:
    """Nobody says what is wrong with a certificate."""
    for name in ("_EXPIRED", "_NOT_YET"):
        patch.setattr(connection, name, -1)
    for name in ("_WRONG_HOST", "_UNKNOWN_AUTHORITY"):
        patch.setattr(connection, name, ())


@noticed("10k", _WIRE, "test_a_ca_file_that_is_replaced_is_used")
def authorities_are_read_once(patch: pytest.MonkeyPatch) -> None:
    """A file of authorities that is replaced is not read again."""

    def same(_path: str) -> int:
        return 1

    patch.setattr(connection, "_version", same)


@noticed("10k", _WIRE, "test_a_proxy_that_opens_no_tunnel_has_sent_nothing")
def a_tunnel_is_a_connection_like_others(patch: pytest.MonkeyPatch) -> None:
    """Until a proxy has opened its tunnel, time and failures are those of a call."""
    line = _inside(wire, "_Line")
    begin = line.__init__

    def without_layers(self: Any, _layers: int, authorities: connection.Authorities) -> None:
        begin(self, 0, authorities)

    patch.setattr(line, "__init__", without_layers)


@noticed("11", _WIRE, "test_an_answer_that_never_comes_ends_the_call", patience=20.0)
def calls_have_no_deadline(patch: pytest.MonkeyPatch) -> None:
    """Each read may take its time, however many they are."""

    def left(_watch: wire.Watch) -> float:
        return math.inf

    patch.setattr(wire.Watch, "left", left)


@noticed(
    "14",
    "client/answers/test_shape.py",
    "test_a_read_of_another_shape_is_retried_and_raised",
)
def any_shape_will_do(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks at the shape of an answer."""

    def fault(_shape: Shape, _data: object) -> str:
        return ""

    patch.setattr(Shape, "fault", fault)


# This machine --------------------------------------------------------------------------------

_TROUBLE = "contact_import/ledger/test_trouble.py"


@noticed(
    "13",
    _TROUBLE,
    "test_a_damaged_ledger_says_so",
    "test_a_ledger_that_another_program_locks_is_not_damaged",
    "test_a_full_disk_is_named_and_the_ledger_stays_whole",
)
def errors_of_sqlite_are_passed_on(patch: pytest.MonkeyPatch) -> None:
    """What SQLite says is what you are told."""

    def as_it_is(error: Exception, _path: object) -> Exception:
        return error

    for module in (trouble, ledger_connection):
        patch.setattr(module, "of_sqlite", as_it_is)


@noticed("13", _TROUBLE, "test_limits_of_the_machine_are_sentences")
def errors_of_the_system_are_passed_on(patch: pytest.MonkeyPatch) -> None:
    """What the operating system says is what you are told."""
    patch.setattr(trouble, "of_system", _nothing)


@noticed("13", _WIRE, "test_a_socket_that_may_not_be_opened_is_no_trouble_of_the_network")
def no_socket_is_no_network(patch: pytest.MonkeyPatch) -> None:
    """A process without files left is told to check its network."""
    patch.setattr(retry, "_is_out_of_files", _nothing)


@noticed(
    "15",
    "cli/test_output.py",
    "test_progress_that_cannot_be_shown_stops_no_import",
)
def output_may_fail(patch: pytest.MonkeyPatch) -> None:
    """A stream that cannot be written to raises."""

    def write(stream: Any, text: str) -> int:
        return int(stream._stream.write(text))

    patch.setattr(streams.LastingStream, "write", write)


@noticed("15", "cli/test_output.py", "test_showing_never_stops_the_work")
def showing_may_stop_the_work(patch: pytest.MonkeyPatch) -> None:
    """What cannot be shown ends what it would have shown."""
    patch.setattr(streams, "never_stopping", _stopping)


@noticed("17", "cli/test_output.py", "test_a_terminal_that_goes_away_ends_the_work_in_order")
def signals_of_terminals_end_nothing(patch: pytest.MonkeyPatch) -> None:
    """A terminal that goes away is not told to the work."""
    patch.setattr(cli, "_interrupt", _nothing)


# Consent -------------------------------------------------------------------------------------

_DATES = "contact_import/planning/test_consent_dates.py"


@noticed("consent", _DATES, "test_a_consent_without_a_zone_is_later_in_every_zone")
def without_a_zone_it_is_utc(patch: pytest.MonkeyPatch) -> None:
    """A consent without a zone is taken for one in UTC."""
    patch.setattr(consent_dates, "_FARTHEST_EAST", 0.0)


@noticed("consent", _HOSTILE, "test_a_consent_of_tomorrow_brings_nobody_back")
def consents_may_be_of_tomorrow(patch: pytest.MonkeyPatch) -> None:
    """A consent counts that has not been given yet."""
    excluded: Callable[..., str | None] = consent_dates.excluded_return

    def anyway(reason: str, at: float | None, consented: str | None, _now: float) -> str | None:
        return excluded(reason, at, consented, math.inf)

    patch.setattr(decision, "excluded_return", anyway)


# Secrets and doors ---------------------------------------------------------------------------

_DOORS = "security/test_sources.py"


@noticed(
    "18",
    _DOORS,
    "test_a_file_that_is_no_table_is_not_quoted",
    "test_nor_is_it_by_a_mapping_or_among_others",
)
def every_first_line_is_a_header(patch: pytest.MonkeyPatch) -> None:
    """Columns are named in messages, whatever the file is."""

    def all_names(columns: Any, **_options: bool) -> list[str]:
        return list(columns)

    patch.setattr(mapping, "_harmless_names", all_names)


@noticed("19", _DOORS, "TestVariables::test_no_other_secret_goes_to_a_host_of_a_parameter")
def any_variable_may_be_in_a_url(patch: pytest.MonkeyPatch) -> None:
    """A URL takes each variable of the process."""
    patch.setattr(database_urls, "AGREED", ("",))


@noticed("20", _DOORS, "TestQueries::test_that_write_are_refused")
def databases_may_be_written_to(patch: pytest.MonkeyPatch) -> None:
    """Nobody tells a database that it is only read."""

    def as_it_is(url: Any) -> Any:
        return url

    def query(_query: str, _source: str) -> None: ...

    patch.setattr(sql, "_TO_READ_ONLY", {})
    patch.setattr(sql, "_reading_only", as_it_is)
    patch.setattr(sql, "_check_query", query)


@noticed(
    "20",
    _DOORS,
    "TestQueries::test_that_may_write_elsewhere_are_refused_unsent",
    "TestQueries::test_a_database_without_read_only_transactions_can_be_refused",
)
def every_query_only_reads(patch: pytest.MonkeyPatch) -> None:
    """A query is sent to databases that cannot refuse to write, whatever it says."""

    def unchecked(_source: object, *, required: bool) -> tuple[str, ...]:
        return ()

    patch.setattr(sql.SqlSource, "_check_writes", unchecked)


@noticed("21", "security/test_leaks.py", "test_a_key_that_the_api_repeats_is_taken_out")
def answers_are_quoted_as_they_are(patch: pytest.MonkeyPatch) -> None:
    """A key that GetResponse repeats stands in the error."""
    patch.setattr(auth, "_ways_to_write", _nothing_of)


@noticed("21", "client/privacy/test_masking.py", "test_odd_addresses_are_addresses")
def only_plain_addresses_are_masked(patch: pytest.MonkeyPatch) -> None:
    """An address is masked if its sign is an @."""
    patch.setattr(masking, "_SIGN", re.compile("@"))


@noticed("21", "security/test_leaks.py", "test_a_media_type_adds_no_header")
def a_media_type_is_any_text(patch: pytest.MonkeyPatch) -> None:
    """The media type of a file may hold a line break."""
    patch.setattr(request, "_MEDIA_TYPE", re.compile("(?s).*"))


@noticed("22", _TROUBLE, "TestPrivacy::test_a_ledger_for_all_is_made_its_owners")
def ledgers_stay_readable_for_all(patch: pytest.MonkeyPatch) -> None:
    """The rights of a ledger are left as they are."""
    patch.setattr(ledger_connection, "_make_private", _nothing)


@noticed(
    "22",
    _TROUBLE,
    "TestPrivacy::test_what_a_killed_dry_run_left_goes_at_the_next_start",
    "TestPrivacy::test_purge_knows_it",
)
def what_a_dry_run_left_stays(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks for what killed dry runs have left."""

    def none(_folder: Path) -> list[Path]:
        return []

    patch.setattr(rehearsal, "_left_behind", none)


@noticed("23", _DOORS, "TestParquetBombs::test_few_bytes_that_are_many_rows_are_refused")
def parquet_files_are_unpacked(patch: pytest.MonkeyPatch) -> None:
    """A Parquet file is read, however much it holds."""
    patch.setattr(parquet.ParquetSource, "_check", _nothing)


@noticed(
    "23",
    _DOORS,
    "TestParquetBombs::test_rows_that_share_a_long_text_are_refused_in_bounded_memory",
)
def parquet_rows_are_all_of_one_size(patch: pytest.MonkeyPatch) -> None:
    """As many rows are read at once, however long they are."""
    patch.setattr(parquet, "_MOST_BYTES", 1 << 60)


@noticed("24", "cli/test_output.py", "TestForeignText::test_is_printed_as_it_stands")
def foreign_text_is_markup(patch: pytest.MonkeyPatch) -> None:
    """What others have written is printed as markup."""
    for each in (console.out, console.err):
        patch.setitem(vars(each), "_markup", True)
        patch.setitem(vars(each), "_emoji", True)


@noticed("24", "cli/test_output.py", "TestForeignText::test_is_logged_as_it_stands")
def foreign_text_has_emojis_in_logs(patch: pytest.MonkeyPatch) -> None:
    """Prefect's console shows emojis in what others have written."""
    patch.setattr(run_logs, "_leave_texts_as_they_are", _nothing)
