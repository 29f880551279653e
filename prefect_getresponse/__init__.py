"""Prefect integration for GetResponse."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

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
from prefect_getresponse.omit import OMIT, Omit

if TYPE_CHECKING:
    from prefect_getresponse.client.request import Upload
    from prefect_getresponse.credentials import GetResponseCredentials

    __version__: str
else:
    # These cost the import of Prefect, of pydantic or of the installed packages: a command that
    # needs none of them answers at once (PEP 562).
    _HOMES = {
        "GetResponseCredentials": "prefect_getresponse.credentials",
        "Upload": "prefect_getresponse.client.request",
    }

    def __getattr__(name: str) -> object:
        """Import a public name when it is first asked for."""
        if name == "__version__":
            return import_module("importlib.metadata").version("prefect-getresponse")
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)

    def __dir__() -> list[str]:
        """List the public names, imported or not."""
        return sorted({*globals(), *__all__})


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
