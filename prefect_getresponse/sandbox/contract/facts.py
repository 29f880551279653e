"""What members of request bodies mean wherever they stand, by the member's own name.

What holds for one operation only stands in its row of `operations.json`.
"""

from __future__ import annotations

from collections.abc import Mapping

TEXT_FORMATS: Mapping[str, str] = {
    "ipAddress": "ip",
    "dayOfCycle": "integer",
    "masks": "mask",
}
"""Formats of text members that the table calls plain `string`, by the member's own name."""

REFERENCES: Mapping[str, str] = {
    "campaignId": "campaigns",
    "campaignIdsList": "campaigns",
    "tagId": "tags",
    "ids": "tags",
    "customFieldId": "custom_fields",
    "contactId": "contacts",
    "categoryId": "categories",
    "parentId": "categories",
    "variantId": "product_variants",
    "metaFieldId": "meta_fields",
    "cartId": "carts",
    "folderId": "folders",
    "templateId": "transactional_email_templates",
    "senderNameId": "sms_sender_names",
    "phoneNumberCustomFieldId": "custom_fields",
    "selectedCampaigns": "campaigns",
    "excludedCampaigns": "campaigns",
    "fromFieldId": "from_fields",
    "messageId": "newsletters",
    "subscriptionConfirmationBodyId": "subscription_confirmation_bodies",
    "subscriptionConfirmationSubjectId": "subscription_confirmation_subjects",
    "selectedSegments": "search_contacts",
    "excludedSegments": "search_contacts",
    "selectedSuppressions": "suppressions",
    "selectedSupressions": "suppressions",
    "selectedContacts": "contacts",
}
"""Members that must name an existing resource, by the member's own name: the kind they name."""
