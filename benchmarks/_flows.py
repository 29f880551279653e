"""A program that runs one flow and prints its peak memory in MiB as its last line.

Without arguments the flow does nothing; with the URL of an account, a source and a folder for the
ledger it is the nightly import.
"""

from __future__ import annotations

import os
import resource
import sys

from _accounts import CAMPAIGN, KEY, MAPPING
from prefect import flow
from pydantic import SecretStr

from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.flows.nightly_contact_import import nightly_contact_import


@flow
def idle() -> None:
    """Do nothing."""


def main(words: list[str]) -> None:
    """Run the flow that the words ask for."""
    if words:
        url, source, state = words
        credentials = GetResponseCredentials(
            account_name=CAMPAIGN, api_key=SecretStr(KEY), base_url=url, allow_custom_host=True
        )
        os.environ["PREFECT_INTEGRATIONS_GETRESPONSE_STATE_DIR"] = state
        nightly_contact_import(
            credentials, source=source, list_name=CAMPAIGN, mapping=MAPPING, vouched=True
        )
    else:
        idle()
    unit = 2**20 if sys.platform == "darwin" else 2**10
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)


if __name__ == "__main__":
    main(sys.argv[1:])
