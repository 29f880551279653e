"""Routes into GetResponse: one module per route, each turning rows of a chunk into calls.

A `route` says what each can do: `contacts` one person a call, `batch` a thousand, `update` people
of the list. `imports` are sent and watched in `sending/`; `refusals` reads what GetResponse says
about one person.
"""

from __future__ import annotations

from prefect_getresponse.contact_import.routes.batch import BatchRoute
from prefect_getresponse.contact_import.routes.contacts import ContactsRoute
from prefect_getresponse.contact_import.routes.route import Route
from prefect_getresponse.contact_import.routes.update import UpdateRoute

ROUTES: dict[str, Route] = {
    route.name: route for route in (BatchRoute(), ContactsRoute(), UpdateRoute())
}
"""Every route by its name; a new one is one module and one entry."""

__all__ = ["ROUTES", "BatchRoute", "ContactsRoute", "Route", "UpdateRoute"]
