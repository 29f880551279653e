"""What can become of a row, and the account that must balance.

Every row of the source ends with exactly one verdict; together they are as many as were read.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Verdict(StrEnum):
    """What became of a row."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    ALREADY_PRESENT = "already_present"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    DUPLICATE = "duplicate"
    BLANK = "blank"
    EXCLUDED = "excluded"
    REJECTED = "rejected"
    NOT_VISIBLE_YET = "not_visible_yet"
    UNKNOWN = "unknown"
    PLANNED = "planned"


NEEDS_ATTENTION = (
    Verdict.REJECTED,
    Verdict.UNKNOWN,
    Verdict.NOT_VISIBLE_YET,
    Verdict.EXCLUDED,
)
"""Verdicts whose rows are listed one by one, those first for which there is something to do."""

EXPLANATIONS: Mapping[str, str] = {
    "no_email": "the row has no e-mail address",
    "invalid_email": "the e-mail address is not valid",
    "text_mark": "the e-mail address begins with an apostrophe, as spreadsheets write before texts",
    "extra_cells": "the row has more cells than the header, so cells may have shifted",
    "no_consent": "the consent column does not clearly say yes",
    "answer_not_understood": "nobody knows what the answer in the consent or opt-out column means",
    "opted_out": "the opt-out column does not clearly say no",
    "later_row_wins": "a later row has the same address",
    "blocklisted_in_account": "the address is on the account's blocklist",
    "blocklisted_in_list": "the address is on the list's blocklist",
    "suppressed": "the address is on a suppression list",
    "removed_unsubscribe": "the person unsubscribed from this list",
    "removed_complaint": "the person complained about a message to this list",
    "removed_bounce": "messages to the address bounced",
    "removed_blacklisted": "the address was blocklisted",
    "removed_unknown": "the person was removed from this list, for a reason that is not known",
    "removed_cleaner": "GetResponse removed the address as undeliverable",
    "consent_before_removal": "the person agreed before leaving this list, or may have",
    "consent_date_unreadable": "the person left this list, and the date of consent is not one",
    "consent_date_in_future": "the person left this list, and the date of consent is to come",
    "left_meanwhile": "the person left the list while the import was at work",
    "rejected_by_api": "GetResponse refused the content of the row",
    "silent_rejection": "GetResponse took the row, but the person never appeared on the list",
    "conflict": "GetResponse said that the person is on the list already",
    "not_verified": "sent; reading back was switched off",
    "in_queue": "sent; nothing that was sent has appeared on the list yet",
    "earlier_in_queue": "what the source said before is on its way; the next run sends this",
    "in_doubt": "sent, and nothing proves whether it arrived; it was not sent again",
    "not_looked_for": "GetResponse took it; the run ended before it was looked for on the list",
    "over_limit": "left out by the limit; a run without it sends this",
    "not_sent": "the run ended before this row was sent",
    "import_not_taken": "GetResponse refused the import with this row as a whole",
    "import_rejected": "GetResponse's review rejected the import; the next run sends it again",
    "import_canceled": "somebody canceled the import; the next run sends it again",
    "import_invalid": "GetResponse counted the row of an import as invalid",
    "import_at_work": "the import is still at work or in review; the next run looks again",
    "server_error": "GetResponse failed on this row again and again",
}
"""Reasons in words, for reports."""


REASON_FIELDS: Mapping[str, str] = {
    "no_email": "email",
    "invalid_email": "email",
    "text_mark": "email",
    "blocklisted_in_account": "email",
    "blocklisted_in_list": "email",
    "suppressed": "email",
    "no_consent": "consent",
    "answer_not_understood": "consent",
    "opted_out": "opt_out",
    "consent_before_removal": "resubscribe",
    "consent_date_unreadable": "resubscribe",
    "consent_date_in_future": "resubscribe",
}
"""The field that a reason is about, where it is about one."""


def reject_ratio(verdicts: Mapping[str, int], rows_read: int) -> float:
    """Share of rejected rows among those that could have been imported.

    Args:
        verdicts: Number of rows by verdict.
        rows_read: Rows of the source.
    """
    left_out = (Verdict.EXCLUDED, Verdict.DUPLICATE, Verdict.BLANK)
    candidates = rows_read - sum(verdicts.get(verdict, 0) for verdict in left_out)
    return verdicts.get(Verdict.REJECTED, 0) / candidates if candidates > 0 else 0.0
