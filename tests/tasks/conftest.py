"""A list and a sender; a shop, what it sells and who buys there."""

import pytest

from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.tasks.campaigns import list_campaigns
from prefect_getresponse.tasks.common import CampaignReference, FromFieldReference
from prefect_getresponse.tasks.contacts import create_contact, list_contacts
from prefect_getresponse.tasks.from_fields import list_from_fields
from prefect_getresponse.tasks.products import Product, create_product
from prefect_getresponse.tasks.shops import create_shop
from tests.conftest import Run
from tests.support.running_sandbox import RunningSandbox

QUEUE_SECONDS = 600


@pytest.fixture
def campaign(run: Run, credentials: GetResponseCredentials) -> CampaignReference:
    """The default list."""
    return {"campaignId": run(list_campaigns, credentials)[0]["campaignId"]}


@pytest.fixture
def sender(run: Run, credentials: GetResponseCredentials) -> FromFieldReference:
    """The default sender."""
    return {"fromFieldId": run(list_from_fields, credentials)[0]["fromFieldId"]}


@pytest.fixture
def shop_id(run: Run, credentials: GetResponseCredentials) -> str:
    shop = run(create_shop, credentials, name="Monster market", locale="PL", currency="PLN")
    return shop["shopId"]


@pytest.fixture
def product(run: Run, credentials: GetResponseCredentials, shop_id: str) -> Product:
    """A cap with one variant."""
    return run(
        create_product,
        credentials,
        shop_id,
        name="Monster cap",
        variants=[{"name": "Red", "sku": "CAP-RED", "price": 20, "priceTax": 24.6}],
    )


@pytest.fixture
def variant_id(product: Product) -> str:
    return product.get("variants", [])[0]["variantId"]


@pytest.fixture
def customer_id(
    run: Run,
    credentials: GetResponseCredentials,
    sandbox: RunningSandbox,
    campaign: CampaignReference,
) -> str:
    """A contact that arrived: Jane."""
    run(create_contact, credentials, email="jane@example.com", campaign=campaign)
    sandbox.clock.advance(QUEUE_SECONDS)
    return run(list_contacts, credentials, email="jane@example.com")[0]["contactId"]
