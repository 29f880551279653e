import pytest

from prefect_getresponse.contact_import.columns.mapping import map_columns
from prefect_getresponse.words import phrases
from prefect_getresponse.words.columns import meaning
from prefect_getresponse.words.phrases import spoken


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("unsubscribed_from_emails_at", "unsubscribed from emails at"),
        ("emailBlacklisted", "email blacklisted"),
        ("E-Mail-Bestätigung", "e mail bestatigung"),
        ("Wyrażam zgodę!", "wyrazam zgode"),
    ],
)
def test_words_are_found_however_they_are_joined(text: str, words: str) -> None:
    assert spoken(text) == words


@pytest.mark.parametrize(
    "column",
    [
        "Yes! Send me newsletters by email, I can unsubscribe at any time",
        "I agree to receive emails at any time",
        "I agree to receive your newsletter, and that you will not share my data",
        "We will not spam you. I agree to receive your newsletter",
        "I would like to receive the newsletter of Acme and its partners",
        "I agree to receive offers sent by email",
        "Zgadzam się na otrzymywanie newslettera na podany adres e-mail",
        "Zgoda na przesyłanie informacji handlowych drogą elektroniczną",
        "Keep me up to date on news and exclusive offers",
        "Can we contact you by email about future events?",
        "Don't miss out! Yes, I want your newsletter",
        "Souhaitez-vous recevoir notre newsletter ? oui/non",
    ],
)
def test_a_sentence_is_what_people_agree_to(column: str) -> None:
    assert meaning(column) == ("consent", True)


@pytest.mark.parametrize(
    "column",
    [
        "I do not wish to receive marketing emails",
        "Tick here if you don't want to receive our newsletter",
        "Opt out of receiving newsletter emails",
        "Please unsubscribe me from the newsletter",
        "Ich möchte den Newsletter nicht erhalten",
        "Ich möchte keine E-Mails erhalten",
        "Nie chcę otrzymywać newslettera",
        "Je ne souhaite pas recevoir la newsletter",
        "No deseo recibir el boletín",
        "Ne pas envoyer d'e-mails commerciaux",
        "Rezygnacja z otrzymywania wiadomości e-mail",
    ],
)
def test_a_yes_to_a_negated_sentence_is_a_no(column: str) -> None:
    found = meaning(column)
    assert found is not None
    assert found[0] == "opt_out"


@pytest.mark.parametrize(
    "column",
    [
        "Unsubscribe Date",
        "Date Unsubscribed",
        "UnsubscribedOn",
        "Unsubscribed Mode",
        "unsubscribed_from_emails_at",
        "Confirmed Opt-Out Date",
        "Email Opt Out Date",
        "Unsubscribe Reason",
        "Unsubscribed Lists",
        "EmailBouncedDate",
        "Email hard bounce reason",
        "Hard Bounces",
        "Email Address Quarantined",
        "Is blacklisted",
        "optout_email",
        "Marketing_Opt_Out__c",
        "Abmeldedatum",
        "Date de désabonnement",
        "Fecha de baja",
        "Kein E-Mail-Empfang",
        "No recibir correos electrónicos",
        "Anulowano subskrypcję wszystkich e-maili",
    ],
)
def test_time_and_reason_of_a_refusal_are_one(column: str) -> None:
    found = meaning(column)
    assert found is not None
    assert found[0] == "opt_out"


@pytest.mark.parametrize(
    "column",
    [
        "Consent_Email__c",
        "GDPR_Newsletter_Opt_In__c",
        "can_receive_email_marketing",
        "Akzeptiert E-Mail-Marketing",
    ],
)
def test_a_short_phrase_may_be_an_answer(column: str) -> None:
    assert meaning(column) == ("answer", True)


@pytest.mark.parametrize(
    "column",
    ["Mailing list", "Mailings", "Marketing", "Email OK", "Contact by email", "Email preferences"],
)
def test_below_a_topic_yes_and_no_say_who_gets_mail(column: str) -> None:
    def field(*cells: str) -> str | None:
        sample = [["a@example.com", cell] for cell in cells]
        found = map_columns(["Email", column], sample=sample).columns_of("consent")
        return found[0].field if found else None

    assert meaning(column) == ("topic", True)
    assert field("yes", "no", "") == "consent"
    assert field("Opt-in", "Opt-out") == "consent"
    assert field("yes", "weekly") is None
    assert field("1", "0", "n/a") == "consent"
    assert field("-1", "0") == "consent"
    assert field("1", "2") is None
    assert field("", "") is None


@pytest.mark.parametrize(
    "column",
    [
        "HASOPTEDOUTOFFAX",
        "Opted out of SMS",
        "push_subscribe",
        "Do Not Call",
        "attributes.subscriptions.sms.marketing.consent",
        "Soft Bounced",
        "Bounced emails count",
        "Unsubscribe link",
        "Opted out of email: One to One",
        "Opt out of sale",
        "Emails received",
        "Email consent source",
        "email_marketing_consent.opt_in_level",
        "subscribed_at",
        "Email tracking consent",
        "Zgoda na faktury e-mail",
        "Subscription Plan",
        "Accepts Marketing Updated At",
        "Best way to contact you, email or post",
        "Offer accepted",
        "Wishlist email",
        "Email verified",
        "Marketing contact",
        "Email",
        "Marketing emails bounced",
    ],
)
def test_phrases_about_something_else_say_nothing(column: str) -> None:
    assert meaning(column) is None


@pytest.mark.parametrize(
    "column",
    [
        "I agree to receive your newsletter",
        "Ik wil de nieuwsbrief ontvangen",
        "Zgoda na przesyłanie informacji handlowych drogą elektroniczną",
        "unsubscribed_from_emails_at",
        "Confirmed Opt-Out Date",
        "Date Unsubscribed",
        "Can Receive Email Marketing",
    ],
)
def test_a_name_of_known_words_that_agree_with_each_other_is_certain(column: str) -> None:
    assert phrases.is_certain(column)


@pytest.mark.parametrize(
    "column",
    [
        "Newsletter consent withdrawn on request",
        "Email consent revoked",
        "Marketing opt-in refused",
        "Einwilligungswiderruf",
        "Newsletterstop",
        "Newsletterkündigung",
        "Zgoda marketingowa wycofana",
        "Brak zgody na newsletter",
        "Souhlas s newsletterem odvolán",
        "Consentement newsletter retiré",
        "Samtycke nyhetsbrev återkallat",
        "I do not wish to receive marketing emails",
        "Has not unsubscribed from emails",
        "Opt out of unsubscribing",
        "Newsletter consent zint",
    ],
)
def test_a_name_that_may_be_read_both_ways_is_not(column: str) -> None:
    assert not phrases.is_certain(column)
