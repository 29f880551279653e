"""Facts about request bodies that the operation table does not hold.

All from the API's contract of July 2026. Members are named by path, as in the table:
`contacts[].email`. Where the contract contradicts itself, the comment says what was chosen.
"""

from __future__ import annotations

from collections.abc import Mapping

from prefect_getresponse.sandbox.contract.countries import COUNTRY_NAMES

_TAGS = ("tags[].tagId",)
_CUSTOMS = ("customFieldValues[].customFieldId", "customFieldValues[].value")
_CAMPAIGN = (
    "confirmation.fromField.fromFieldId",
    "confirmation.replyTo.fromFieldId",
    "subscriptionNotifications.recipients[].fromFieldId",
)

_ATTRIBUTE_TYPE = "string enum(string|number|datetime|boolean)"
_META_FIELDS = ("metaFields[].name", "metaFields[].value", "metaFields[].valueType")
_TAXES = ("taxes[].name", "taxes[].rate")
_VARIANT = ("images[].src", "images[].position", *_META_FIELDS, *_TAXES)
_PRODUCT = (
    "categories[].name",
    *(f"variants[].{path}" for path in ("name", "price", "priceTax", "sku", *_VARIANT)),
    *_META_FIELDS,
)
_ORDER = (
    *(
        f"{address}.{path}"
        for address in ("shippingAddress", "billingAddress")
        for path in ("name", "countryCode")
    ),
    *_META_FIELDS,
)
_CART = tuple(
    f"selectedVariants[].{path}" for path in ("variantId", "quantity", "price", "priceTax")
)
# The table is not deep enough for what variants of a product have.
_PRODUCT_FIELDS = {
    "variants[].metaFields[].name": "string [len 3..63]",
    "variants[].metaFields[].value": "string [len 0..65000]",
    "variants[].metaFields[].valueType": "string enum(string|integer)",
    "variants[].metaFields[].description": "string [len 0..255]",
    "variants[].taxes[].name": "string [len 2..255]",
    "variants[].taxes[].rate": "number(double) [0..99.9]",
}

_SEGMENTS = (
    "getContactsFromSearchContactsConditions",
    "newSearchContacts",
    "updateSearchContacts",
)
_SECTION = (
    "section[].campaignIdsList",
    "section[].logicOperator",
    "section[].subscriberCycle",
    "section[].subscriptionDate",
    "section[].conditions[].conditionType",
    "section[].customDate.from",
    "section[].customDate.to",
)
_SECTION_FIELDS = {
    "section[].customDate": "object",
    "section[].customDate.from": "string(date)",
    "section[].customDate.to": "string(date)",
    "section[].subscriberCycle": (
        "array<string> items enum(receiving_autoresponder|not_receiving_autoresponder)"
    ),
}
_SECTION_BOUNDS = {
    "subscribersType": (1, 1),
    "section": (1, 8),
    "section[].campaignIdsList": (1, 10_000),
    "section[].subscriberCycle": (1, 2),
    "section[].conditions": (0, 8),
}
_EVENT_ATTRIBUTES = ("attributes[].name", "attributes[].type")
_SENDERS = ("fromField.fromFieldId", "replyTo.fromFieldId")
_LEXPAD = "sendSettings.externalLexpad.dataSourceUrl"
_SEND_ON = (
    "sendSettings.sendOn.date",
    "sendSettings.sendOn.timeZone",
    "sendSettings.sendOn.timeZone.timeZoneId",
)
_RSS = (*_SENDERS, "sendSettings.frequency", "sendSettings.filter")

NESTED_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "createNewsletter": (
        *_SENDERS,
        "campaign.campaignId",
        _LEXPAD,
        *_SEND_ON,
        *(f"attachments[].{path}" for path in ("fileName", "mimeType", "content")),
    ),
    "sendDraft": (_LEXPAD, *_SEND_ON),
    "createAutoresponder": (*_SENDERS, _LEXPAD, "sendSettings.type"),
    "updateAutoresponder": (*_SENDERS, _LEXPAD, "sendSettings.type"),
    "createRssNewsletter": _RSS,
    "updateRssNewsletter": _RSS,
    "createSubjectAbTest": (
        *_SENDERS,
        "campaign.campaignId",
        "deliverySettings.sendOn",
        "deliverySettings.sendOn.sendingType",
        "deliverySettings.sendOn.timeZone.timeZoneId",
        "deliverySettings.winnerMode",
        "deliverySettings.winningCriteria",
        "deliverySettings.samplingTime",
    ),
    "createCustomReport": (
        "scheduling.frequency",
        "scheduling.startDate",
        "scheduling.endDate",
        "filters.activityType",
        "filters.messageId",
    ),
    # The contract names the part of the form, and forgets to require it.
    "uploadImage": ("file",),
    "createContact": ("campaign.campaignId", *_TAGS, *_CUSTOMS),
    "createBatchContacts": (
        "contacts[].email",
        "contacts[].tags.ids",
        *(f"contacts[].{path}" for path in _CUSTOMS),
    ),
    "updateContact": ("campaign.campaignId", *_TAGS, *_CUSTOMS),
    "upsertTags": _TAGS,
    "upsertContactCustoms": _CUSTOMS,
    "createCampaign": _CAMPAIGN,
    "updateCampaign": _CAMPAIGN,
    **dict.fromkeys(_SEGMENTS, _SECTION),
    "upsertCustomFieldsBySearchContactId": _CUSTOMS,
    "createPredefinedField": ("campaign.campaignId",),
    "createFile": ("folder.folderId",),
    "createTransactionalEmail": (
        "fromField.fromFieldId",
        "replyTo.fromFieldId",
        "tag.tagId",
        "recipients.to",
        *(f"recipients.{path}.email" for path in ("to", "cc[]", "bcc[]")),
        *(f"attachments[].{path}" for path in ("fileName", "mimeType", "content")),
        "template.templateId",
    ),
    "createCustomEvent": _EVENT_ATTRIBUTES,
    "updateCustomEvent": _EVENT_ATTRIBUTES,
    "triggerCustomEvent": ("attributes[].name", "attributes[].value"),
    "createProduct": _PRODUCT,
    "updateProduct": _PRODUCT,
    "upsertProductCategories": ("categories[].categoryId",),
    "upsertMetaFields": ("metaFields[].metaFieldId",),
    "createProductVariant": _VARIANT,
    "updateProductVariant": _VARIANT,
    "createOrder": (
        *_ORDER,
        *(f"selectedVariants[].{path}" for path in ("variantId", "price", "quantity", *_TAXES)),
    ),
    "updateOrder": _ORDER,
    "createCart": _CART,
    "updateCart": _CART,
}
"""Required members that the table does not name, most of them below the top level."""

_DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_MESSAGE_FLAGS = "array<string> enum(clicktrack|google_analytics)"
_AUTORESPONDER_FIELDS = {
    "sendSettings.excludedDaysOfWeek": f"array<string> enum({_DAYS})",
    "triggerSettings.type": "string enum(onday)",
}
_RSS_FIELDS = {
    "flags": _MESSAGE_FLAGS,
    "sendSettings.frequency": "string enum(asap|daily|weekly|monthly)",
    "sendSettings.sendAtHour": "integer(int32) [0..23]",
    "sendSettings.sendAtWeekDay": f"string enum({_DAYS})",
    "sendSettings.sendAtMonthDay": "integer(int32) [1..31]",
}

EXTRA_FIELDS: Mapping[str, Mapping[str, str]] = {
    "createCustomEvent": {"attributes[].type": _ATTRIBUTE_TYPE},
    "updateCustomEvent": {"attributes[].type": _ATTRIBUTE_TYPE},
    "sendSms": {"sendSettings.importedNumbers[].countryCode": "string [len 2..2] {required}"},
    "createProduct": _PRODUCT_FIELDS,
    "updateProduct": _PRODUCT_FIELDS,
    "sendDraft": {"sendSettings.sendOn.timeZone": "object"},
    "createAutoresponder": _AUTORESPONDER_FIELDS,
    "updateAutoresponder": _AUTORESPONDER_FIELDS,
    "createRssNewsletter": _RSS_FIELDS,
    "updateRssNewsletter": _RSS_FIELDS,
    "createSubjectAbTest": {
        "flags": "array<string> enum(clicktrack|google_analytics|ecommerce_tracking)",
    },
    **dict.fromkeys(_SEGMENTS, _SECTION_FIELDS),
}
"""Members that the table leaves out, most of them because they depend on another member, and notes
that stand instead of the table's, because those do not name the words allowed."""

LARGEST_BODIES: Mapping[str, int] = {
    # "20 MB"; which of its two meanings is not said.
    "createImport": 20 * 1024 * 1024,
}
"""Most bytes of a request body, by operation."""

OPEN_OBJECTS: Mapping[str, tuple[str, ...]] = {
    # 32 types of conditions with members of their own: segments.py checks those it knows.
    **dict.fromkeys(_SEGMENTS, ("section[].conditions[]",)),
}
"""Objects whose further members are checked elsewhere."""

ITEM_BOUNDS: Mapping[str, Mapping[str, tuple[int, int]]] = {
    "createProduct": {"variants": (1, 1_000_000)},
    "updateProduct": {"variants": (1, 1_000_000)},
    "createSubjectAbTest": {"variants": (2, 5)},
    "createBatchContacts": {"contacts": (1, 1000)},
    # As many as the bytes allow.
    "createImport": {"fieldMapping": (1, 20_000_000), "contacts": (1, 20_000_000)},
    **dict.fromkeys(_SEGMENTS, _SECTION_BOUNDS),
}
"""Fewest and most items of an array."""

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

UNCHECKED_REFERENCES: Mapping[str, frozenset[str]] = {
    # A variant of the test, not of a product: the test itself knows its variants.
    "postAbtestsSubjectByIdWinner": frozenset({"variantId"}),
}
"""Members that name something else in some operations, by operation."""

# Not slash, backslash, at sign, square brackets; no emoji.
_LIST_NAME = r"[^/\\@\[\]\u2600-\u27bf\U0001f000-\U0001faff]+"
_MERGE_WORDS = (
    "name|email|twitter|facebook|buzz|myspace|linkedin|digg|googleplus|pinterest|responder"
    "|campaign|change"
)

_COUNTRY = "|".join(COUNTRY_NAMES)
_ORDER_COUNTRIES = {
    "shippingAddress.countryCode": _COUNTRY,
    "billingAddress.countryCode": _COUNTRY,
}
WRONG_FORMATS: Mapping[str, frozenset[str]] = {
    "getFromFieldList": frozenset({"query[name]"}),
}
"""Query parameters, by operation, whose format in the contract is a slip: a name is no date."""

PATTERNS: Mapping[str, Mapping[str, str]] = {
    "createAddress": {"countryCode": _COUNTRY},
    "updateAddress": {"countryCode": _COUNTRY},
    "createOrder": _ORDER_COUNTRIES,
    "updateOrder": _ORDER_COUNTRIES,
    "createCampaign": {"name": _LIST_NAME},
    "updateCampaign": {"name": _LIST_NAME},
    "createSubjectAbTest": {"variants[]": r".{1,150}"},
    "createCustomField": {"name": rf"(?!(?:{_MERGE_WORDS})$)[a-z0-9_]+"},
}
"""Patterns that a whole text must match."""
