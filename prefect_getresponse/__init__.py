"""Prefect integration for GetResponse."""

from importlib.metadata import version

from prefect_getresponse.client.errors import (
    AccessDenied,
    AuthenticationFailed,
    Conflict,
    GetResponseError,
    InvalidArguments,
    InvalidConfiguration,
    NotFound,
    OutcomeUnknown,
    PayloadTooLarge,
    ServerFailed,
    Throttled,
    TransportFailed,
    ValidationFailed,
)
from prefect_getresponse.client.request import Upload
from prefect_getresponse.credentials import GetResponseCredentials
from prefect_getresponse.omit import OMIT, Omit

__version__ = version("prefect-getresponse")

__all__ = [
    "OMIT",
    "AccessDenied",
    "AuthenticationFailed",
    "Conflict",
    "GetResponseCredentials",
    "GetResponseError",
    "InvalidArguments",
    "InvalidConfiguration",
    "NotFound",
    "Omit",
    "OutcomeUnknown",
    "PayloadTooLarge",
    "ServerFailed",
    "Throttled",
    "TransportFailed",
    "Upload",
    "ValidationFailed",
    "__version__",
]
