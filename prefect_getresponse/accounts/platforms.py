"""Where accounts live."""

from __future__ import annotations

from typing import Literal

Platform = Literal["GetResponse", "GetResponse MAX US", "GetResponse MAX PL"]

ENDPOINTS: dict[Platform, str] = {
    "GetResponse": "https://api.getresponse.com/v3",
    "GetResponse MAX US": "https://api3.getresponse360.com/v3",
    "GetResponse MAX PL": "https://api3.getresponse360.pl/v3",
}
"""The documented endpoints.  Source: GetResponse API v3, Base URLs."""
