"""Check: can this import work at all?  Writes nothing, except a list that was asked for."""

from __future__ import annotations

from urllib.parse import urlsplit

from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.contact_import.account import Account, Campaign, CampaignNotFound
from prefect_getresponse.contact_import.asking.answers import read_whole, settle
from prefect_getresponse.contact_import.asking.memory import said_before
from prefect_getresponse.contact_import.columns.mapping import (
    ColumnMapping,
    find_column,
)
from prefect_getresponse.contact_import.job import Job, Order, private_dir
from prefect_getresponse.contact_import.ledger import ledger_path
from prefect_getresponse.contact_import.ledger.copies.copy import LedgerCopy
from prefect_getresponse.contact_import.ledger.copies.rehearsal import rehearsal_of
from prefect_getresponse.contact_import.ledger.neighbours import check_list_is_known
from prefect_getresponse.contact_import.options import ImportOptions
from prefect_getresponse.contact_import.routes import imports
from prefect_getresponse.contact_import.rows.custom_fields import CustomField
from prefect_getresponse.sources import Source


async def check(order: Order, account: Account) -> Job:
    """Check source, columns, key, custom fields, list and who has agreed, in this order.

    Args:
        order: What is to be imported, and where to.
        account: The account.

    Raises:
        UndecidedColumns: Something about the source has to be decided first.
        ImportInputError: The source cannot be read or understood.
        GetResponseError: The key, the list or a custom field cannot be used.
    """
    options, client = order.options, account.client
    begun = client.time.passed()
    source = order.open_source()
    mapping = order.map_source()
    columns = _described(mapping, source, options.resubscribe)
    folder = private_dir(options.state_dir)
    names = mapping.custom_names
    fields = await account.custom_fields(names, may_lack=options.create_fields)
    lacking = [name for name in names if name not in fields]
    fields |= {name: CustomField("", name) for name in lacking}
    obstacle = imports.cannot_carry(
        {column["field"] for column in mapping.describe()}, fields.values()
    )
    if options.route == "import" and obstacle:
        raise InvalidArguments(f"route import: {obstacle}", advice="Use --route auto.")
    campaign = await _find_campaign(account, options)
    _check_confirmation(options, campaign)
    account_id = await account.account_id()
    host = urlsplit(client.base_url).netloc
    copies = options.ledger_copy
    path = ledger_path(folder, account_id, host, campaign.campaign_id if campaign else "new")
    if campaign is not None:
        check_list_is_known(path, options.list_name, campaign)
    started = client.time.now() - (client.time.passed() - begun)
    said = said_before(path, copies, source.location)
    if lacking or campaign is None:  # what is made in the account is made after the last question
        settle(options, read_whole(source, mapping, options.mapping), said, started)
    if not options.dry_run:  # last of all: nothing else can go wrong
        fields |= {name: await account.create_custom_field(name) for name in lacking}
    if campaign is None and not options.dry_run:
        campaign = await account.create_campaign(options.list_name)
        path = ledger_path(folder, account_id, host, campaign.campaign_id)
    return Job(
        order=order,
        key=options.job_key(source.location),
        location=source.location,
        source_name=source.name,
        columns=tuple(columns),
        account_name=account.name,
        campaign=campaign,
        custom_fields=fields,
        ledger=rehearsal_of(path, copies) if options.dry_run else path,
        copy=LedgerCopy(copies, path, order.tuning.claim_seconds)
        if copies and not options.dry_run
        else None,
        started=started,
        calls=client.statistics.take(),
        import_obstacle=obstacle,
        said=said,
        time=client.time,
        account_id=account_id,
    )


def _described(mapping: ColumnMapping, source: Source, resubscribe: str) -> list[dict[str, str]]:
    """What each column means; the one of consents may have a second meaning."""
    described = mapping.describe()
    if resubscribe:
        columns = source.columns()
        name = columns[find_column(columns, resubscribe)]
        described.append({"column": name, "field": "resubscribe", "how": "given"})
    return described


def _check_confirmation(options: ImportOptions, campaign: Campaign | None) -> None:
    if campaign is None or not campaign.double_optin or options.route != "import":
        return
    if not options.skip_confirmation:
        raise InvalidArguments(
            f"list {campaign.name!r} is double opt-in, and an import asks nobody to confirm",
            advice="Use --route auto; or, if they have consented, add --skip-confirmation.",
        )


async def _find_campaign(account: Account, options: ImportOptions) -> Campaign | None:
    """The list; None if it is missing and to be created."""
    try:
        return await account.find_campaign(options.list_name)
    except CampaignNotFound:
        if not options.create_list:
            raise
        return None
