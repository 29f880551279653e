"""Prefect integration for GetResponse."""

from importlib.metadata import version

from prefect_getresponse.client.errors import (
    AccessDenied,
    AlreadySending,
    AuthenticationFailed,
    Blocked,
    Conflict,
    DomainNotFound,
    ExternalCheckFailed,
    GetResponseError,
    InvalidArguments,
    InvalidConfiguration,
    InvalidContent,
    InvalidHeaders,
    InvalidReference,
    InvalidValue,
    NotFound,
    OutcomeUnknown,
    PayloadTooLarge,
    PlanLimitReached,
    ResourceInUse,
    RestrictedResource,
    ServerFailed,
    StateForbids,
    Throttled,
    TokenRefused,
    TransportFailed,
    UnderMaintenance,
    ValidationFailed,
)
from prefect_getresponse.client.request import Upload
from prefect_getresponse.credentials import GetResponseCredentials
from prefect_getresponse.omit import OMIT, Omit

__version__ = version("prefect-getresponse")

__all__ = [
    "OMIT",
    "AccessDenied",
    "AlreadySending",
    "AuthenticationFailed",
    "Blocked",
    "Conflict",
    "DomainNotFound",
    "ExternalCheckFailed",
    "GetResponseCredentials",
    "GetResponseError",
    "InvalidArguments",
    "InvalidConfiguration",
    "InvalidContent",
    "InvalidHeaders",
    "InvalidReference",
    "InvalidValue",
    "NotFound",
    "Omit",
    "OutcomeUnknown",
    "PayloadTooLarge",
    "PlanLimitReached",
    "ResourceInUse",
    "RestrictedResource",
    "ServerFailed",
    "StateForbids",
    "Throttled",
    "TokenRefused",
    "TransportFailed",
    "UnderMaintenance",
    "Upload",
    "ValidationFailed",
    "__version__",
]
