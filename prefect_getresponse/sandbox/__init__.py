"""A stateful local GetResponse to try, test and demonstrate against, without an account."""

from __future__ import annotations

from prefect_getresponse.sandbox.sandbox import Sandbox

__all__ = ["Sandbox"]
