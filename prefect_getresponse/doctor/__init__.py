"""Will an import work?  Checks of an account, of a source and of this machine, which write nothing.

`prefect-getresponse doctor` and the flow `account_check` show the same findings.
"""

from prefect_getresponse.doctor.engine import CheckOptions, check_account
from prefect_getresponse.doctor.findings import AccountReport, Finding, Outcome

__all__ = ["AccountReport", "CheckOptions", "Finding", "Outcome", "check_account"]
