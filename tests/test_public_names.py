"""What may be imported from where: names that others build upon."""

import importlib
from importlib.metadata import entry_points, version
from types import ModuleType

import pytest

import prefect_getresponse
from prefect_getresponse.client import errors
from tests.support.declared import TASKS

PUBLIC = {
    "prefect_getresponse": [
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
    ],
    "prefect_getresponse.paging": ["CollectionMoved", "fetch_all", "items", "pages"],
    "prefect_getresponse.sandbox": ["Sandbox"],
    "prefect_getresponse.segments": [
        "Condition",
        "SearchSection",
        "all_of",
        "any_of",
        "anytime",
        "assigned",
        "at_least",
        "at_most",
        "between",
        "clicked",
        "contains",
        "crm",
        "custom",
        "custom_event",
        "ecommerce_abandoned_cart",
        "ecommerce_brand_purchased",
        "ecommerce_number_of_purchases",
        "ecommerce_product_purchased",
        "ecommerce_total_spent",
        "email",
        "ends",
        "engagement_score",
        "equals",
        "gdpr",
        "geo",
        "goal",
        "is_",
        "is_not",
        "last_click_date",
        "last_days",
        "last_open_date",
        "last_send_date",
        "less_than",
        "more_than",
        "name",
        "never",
        "not_assigned",
        "not_clicked",
        "not_contains",
        "not_ends",
        "not_equals",
        "not_opened",
        "not_sent",
        "not_starts",
        "opened",
        "phase",
        "score",
        "section",
        "sent",
        "since",
        "sms_link_clicked",
        "sms_link_not_clicked",
        "sms_sent",
        "starts",
        "subscription_date",
        "subscription_method",
        "tag",
        "until",
        "webinar",
        "within",
    ],
}
OPERATIONS = {
    "ab_tests": ["get_splittest", "list_splittests"],
    "ab_tests_subject": [
        "cancel_ab_test",
        "choose_subject_ab_test_winner",
        "create_subject_ab_test",
        "delete_ab_test",
        "get_subject_ab_test",
        "list_subject_ab_tests",
    ],
    "accounts": [
        "disable_callbacks",
        "get_account",
        "get_account_badge",
        "get_account_billing",
        "get_account_blocklist",
        "get_callbacks",
        "list_account_logins",
        "list_industries",
        "list_sending_limits",
        "list_timezones",
        "update_account",
        "update_account_badge",
        "update_account_blocklist",
        "update_callbacks",
    ],
    "addresses": [
        "create_address",
        "delete_address",
        "get_address",
        "list_addresses",
        "update_address",
    ],
    "autoresponders": [
        "create_autoresponder",
        "delete_autoresponder",
        "get_autoresponder",
        "get_autoresponder_statistics",
        "get_autoresponder_thumbnail",
        "list_autoresponder_statistics",
        "list_autoresponders",
        "update_autoresponder",
    ],
    "campaigns": [
        "create_campaign",
        "get_campaign",
        "get_campaign_balance_statistics",
        "get_campaign_blocklist",
        "get_campaign_list_size_statistics",
        "get_campaign_location_statistics",
        "get_campaign_origin_statistics",
        "get_campaign_removal_statistics",
        "get_campaign_subscription_statistics",
        "get_campaign_summary_statistics",
        "list_campaigns",
        "update_campaign",
        "update_campaign_blocklist",
    ],
    "carts": ["create_cart", "delete_cart", "get_cart", "list_carts", "update_cart"],
    "categories": [
        "create_category",
        "delete_category",
        "get_category",
        "list_categories",
        "update_category",
    ],
    "click_tracks": ["get_click_track", "list_click_tracks"],
    "contacts": [
        "create_batch_contacts",
        "create_contact",
        "delete_contact",
        "get_contact",
        "list_campaign_contacts",
        "list_contact_activities",
        "list_contact_consents",
        "list_contacts",
        "update_contact",
        "upsert_contact_custom_fields",
        "upsert_contact_tags",
    ],
    "custom_events": [
        "create_custom_event",
        "delete_custom_event",
        "get_custom_event",
        "list_custom_events",
        "trigger_custom_event",
        "update_custom_event",
    ],
    "custom_fields": [
        "create_custom_field",
        "delete_custom_field",
        "get_custom_field",
        "list_custom_fields",
        "update_custom_field",
    ],
    "custom_reports": ["create_custom_report", "get_custom_report", "list_custom_reports"],
    "ecommerce": ["get_ecommerce_performance_statistics", "get_ecommerce_revenue_statistics"],
    "file_library": [
        "create_file",
        "create_folder",
        "delete_file",
        "delete_folder",
        "get_file",
        "get_file_library_quota",
        "list_files",
        "list_folders",
    ],
    "forms": ["get_form", "list_form_variants", "list_forms"],
    "forms_and_popups": ["get_popup", "get_popup_statistics", "list_popups"],
    "from_fields": [
        "create_from_field",
        "delete_from_field",
        "get_from_field",
        "list_from_fields",
        "set_from_field_as_default",
    ],
    "gdpr_fields": ["get_gdpr_field", "list_gdpr_fields"],
    "imports": ["create_import", "get_import", "list_imports"],
    "landing_pages": ["get_landing_page", "get_landing_page_statistics", "list_landing_pages"],
    "legacy_forms": ["get_legacy_form", "list_legacy_forms"],
    "legacy_landing_pages": ["get_legacy_landing_page", "list_legacy_landing_pages"],
    "meta_fields": [
        "create_meta_field",
        "delete_meta_field",
        "get_meta_field",
        "list_meta_fields",
        "update_meta_field",
    ],
    "multimedia": ["list_images", "upload_image"],
    "newsletters": [
        "cancel_newsletter",
        "create_newsletter",
        "delete_newsletter",
        "get_newsletter",
        "get_newsletter_statistics",
        "get_newsletter_thumbnail",
        "list_newsletter_activities",
        "list_newsletter_statistics",
        "list_newsletters",
        "send_newsletter_draft",
    ],
    "orders": ["create_order", "delete_order", "get_order", "list_orders", "update_order"],
    "predefined_fields": [
        "create_predefined_field",
        "delete_predefined_field",
        "get_predefined_field",
        "list_predefined_fields",
        "update_predefined_field",
    ],
    "product_variants": [
        "create_product_variant",
        "delete_product_variant",
        "get_product_variant",
        "list_product_variants",
        "update_product_variant",
    ],
    "products": [
        "create_product",
        "delete_product",
        "get_product",
        "list_products",
        "update_product",
        "upsert_product_categories",
        "upsert_product_meta_fields",
    ],
    "rss_newsletters": [
        "create_rss_newsletter",
        "delete_rss_newsletter",
        "get_rss_newsletter",
        "get_rss_newsletter_statistics",
        "list_rss_newsletter_statistics",
        "list_rss_newsletters",
        "update_rss_newsletter",
    ],
    "search_contacts": [
        "create_search_contacts",
        "delete_search_contacts",
        "get_search_contacts",
        "list_contacts_by_conditions",
        "list_contacts_by_search_contacts",
        "list_search_contacts",
        "update_search_contacts",
        "upsert_custom_fields_by_search_contacts",
    ],
    "shops": ["create_shop", "delete_shop", "get_shop", "list_shops", "update_shop"],
    "sms_automation_messages": ["get_sms_automation", "list_sms_automations"],
    "sms_messages": [
        "get_sms",
        "get_sms_statistics",
        "list_sms",
        "list_sms_sender_names",
        "send_sms",
    ],
    "subscription_confirmations": [
        "list_subscription_confirmation_bodies",
        "list_subscription_confirmation_subjects",
    ],
    "suppressions": [
        "create_suppression",
        "delete_suppression",
        "get_suppression",
        "list_suppressions",
        "update_suppression",
    ],
    "tags": ["create_tag", "delete_tag", "get_tag", "list_tags", "update_tag"],
    "taxes": ["create_tax", "delete_tax", "get_tax", "list_taxes", "update_tax"],
    "tracking": ["get_tracking", "list_facebook_pixels"],
    "transactional_emails": [
        "create_transactional_email",
        "get_transactional_email",
        "get_transactional_emails_statistics",
        "list_transactional_emails",
    ],
    "transactional_emails_templates": [
        "create_transactional_email_template",
        "delete_transactional_email_template",
        "get_transactional_email_template",
        "list_transactional_email_templates",
        "update_transactional_email_template",
    ],
    "webinars": ["get_webinar", "list_webinars"],
    "websites": ["get_website", "get_website_statistics", "list_websites"],
    "workflows": ["get_workflow", "list_workflows", "update_workflow"],
}


@pytest.fixture(params=PUBLIC)
def module(request: pytest.FixtureRequest) -> ModuleType:
    return importlib.import_module(request.param)


def test_all_names_what_is_public(module: ModuleType) -> None:
    assert module.__all__ == PUBLIC[module.__name__]


def test_all_names_exist(module: ModuleType) -> None:
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


def test_every_error_can_be_imported_from_the_package() -> None:
    defined = {
        name
        for name, member in vars(errors).items()
        if isinstance(member, type) and issubclass(member, errors.GetResponseError)
    }
    assert defined <= set(prefect_getresponse.__all__)


def test_operations_have_their_names() -> None:
    seen: dict[str, list[str]] = {}
    for task in sorted(TASKS, key=lambda task: task.operation.name):
        seen.setdefault(task.operation.module, []).append(task.operation.name)

    assert seen == OPERATIONS


def test_prefect_finds_the_collection() -> None:
    (entry,) = entry_points(group="prefect.collections", name="prefect_getresponse")
    assert entry.load() is importlib.import_module("prefect_getresponse.credentials")


def test_version() -> None:
    assert prefect_getresponse.__version__ == version("prefect-getresponse")
