"""Will an import work?  Checks of an account, of a source and of this machine, which write nothing.

`prefect-getresponse doctor` and the flow `account_check` show the same findings.

`engine` makes all checks: of the account (`account_checks`), of a source (`source_checks`), of the
Prefect server (`server_checks`), of the receiver of webhooks (`webhook_checks`) and of this machine
(`machine_checks`). `findings` is what one finds, `report_markdown` how all are shown.
"""

from prefect_getresponse.doctor.engine import CheckOptions, check_account
from prefect_getresponse.doctor.findings import AccountReport, Finding, Outcome

__all__ = ["AccountReport", "CheckOptions", "Finding", "Outcome", "check_account"]
