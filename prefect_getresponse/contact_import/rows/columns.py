# ruff: noqa: RUF001 - the words are of many alphabets, some letters look like Latin ones
"""What other tools call their columns, in many languages: tables, and how to look up in them.

Names are compared as wholes after `normalised`: `E-mail 1 - Value`, `EMAIL_1_VALUE` and
`email1Value` are one name, but `Email` is not found in `Email Domain`. To teach the import a
further tool or language, add its words here.
"""

import re
from collections.abc import Mapping

from prefect_getresponse.contact_import.rows import phrases

_NOT_LETTERS = re.compile(r"[\W_]+")


def normalised(name: str) -> str:
    """Return a column name without case, accents, spaces and punctuation."""
    return _NOT_LETTERS.sub("", phrases.without_accents(name))


def _index(tables: Mapping[str, str]) -> dict[str, str]:
    """Turn `{meaning: "name | name"}` into `{normalised name: meaning}`."""
    return {
        normalised(name): meaning for meaning, names in tables.items() for name in _names(names)
    }


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.replace("\n", "|").split("|") if name.strip()]


# What stands before a name when a tool says whose it is, or where in a JSON object it stands.
# Words for somebody or something else (owner, company, account, shipping) must never be here.
_QUALIFIERS = """
    person | contact | contacts | customer | subscriber | lead | member | user | client
    recipient | attendee | guest | buyer | purchaser | billing | profile | your | main | primary
    invitee | registrant | participant | respondent | donor
    properties | attributes | fields | merge fields | data | traits | record
    klient | kupujący | nabywca | zamawiający | uczestnik | subskrybent | użytkownik | osoba
    Kunde | Kunden | Kontakt | Teilnehmer | Rechnung | client | abonné | facturation | contacto
    cliente | contatto | cliente | fatturazione | facturación | klant | klient | kund | kunde
"""

# The same where it stands behind: `E-mail klienta`, `Adresse e-mail du client`.
_SUFFIXES = """
    klienta | kupującego | nabywcy | zamawiającego | uczestnika | subskrybenta | użytkownika
    kontaktu | osoby | zákazníka | des Kunden | des Kontakts | des Teilnehmers | du client
    du contact | de l'acheteur | de l'abonné | del cliente | del contacto | del cliente
    del contatto | do cliente | do contato | van de klant | of customer | of the customer
"""


def _longest_first(text: str) -> tuple[str, ...]:
    return tuple(sorted({normalised(word) for word in _names(text)}, key=len, reverse=True))


PERSON_QUALIFIERS = _longest_first(_QUALIFIERS)
PERSON_SUFFIXES = _longest_first(_SUFFIXES)

# `email`: who it is. The number is how specific a name is: the lowest present wins, so that a
# plain `Email` wins over `Work Email`, and two names of one number are ambiguous.
EMAIL = {
    0: """
        Email | E-mail | Email Address | E-mail Address | Mail | Email ID | Mail Address
        What is your email? | What's your email?
        What is your email address? | What's your email address? | Enter your email
        Email Address (required) | Email (required)
        E-Mail-Adresse | Emailadresse | Mailadresse | E-Mail Adresse des Kunden | Elektronische Post
        Adresse e-mail | Adresse email | Adresse mail | Adresse de courriel | Courriel | Mél
        Adresse courriel | Adresse électronique | Adresse de messagerie | Courrier électronique
        Correo electrónico | Correo | Dirección de correo electrónico | Dirección de correo
        Dirección de email | Dirección email | Dirección de e-mail | Correu electrònic
        Indirizzo e-mail | Indirizzo email | Indirizzo mail | Posta elettronica
        Indirizzo di posta elettronica
        Endereço de e-mail | Endereço de email | Correio eletrónico | Correio eletrônico
        Endereço eletrônico | Endereço de correio eletrónico
        E-mailadres | E-mail adres | Mailadres
        Adres e-mail | Adres email | Adres mailowy | Adres poczty elektronicznej | Mejl
        Poczta elektroniczna
        E-post | E-postadress | E-post adress | Epostadress | Mejladress | Mailadress
        E-mailadresse | E-postadresse | Epostadresse
        Sähköposti | Sähköpostiosoite
        E-mailová adresa | Emailová adresa | E-mailova adresa | Elektronická pošta | Mailová adresa
        E-mail cím | Email cím | E-mailcím | Drótposta
        Adresă de e-mail | Adresă e-mail | Adresă email | Poștă electronică
        E-posta | E-posta adresi | Eposta adresi | E-pošta | E-poštni naslov | E-mail adresa
        E-postiaadress | E-posti aadress | Meiliaadress | E-pasts | E-pasta adrese | El. paštas
        El. pašto adresas
        Διεύθυνση email | Διεύθυνση ηλεκτρονικού ταχυδρομείου | Ηλεκτρονικό ταχυδρομείο
        Электронная почта | Эл. почта | Почта | Адрес электронной почты | Электронный адрес | Емейл
        Имейл | Имейл адрес | Електронна поща | Електронна пошта | Електронна адреса | Е-пошта
        メールアドレス | Eメール | メール | 邮箱 | 电子邮件 | 电子邮箱
        邮箱地址 | 電子郵件 | 이메일
        이메일 주소 | דוא"ל | אימייל | البريد الإلكتروني | ایمیل
    """,
    2: """
        Email 1 | E-mail 1 - Value | Email 1 Address | emailaddress1 | Person Account: Email
        E-mail 1 Address | Email 1 - Value
        Default Email Address | defaultEmailAddress.emailAddress | Preferred Email
        Hauptemail | E-Mail 1 (Adresse) | Email1 | E-mail principal | Email principale
    """,
    3: """
        Email (Work) | Email - Work | Work Email | Work Email Address | Business Email
        Business Email Address | Company Email Address (Work) | Email (Business)
        Professional Email
        Email (Home) | Email - Home | Home Email | Personal Email | Private Email
        Personal Email Address | Email (Personal) | Email (Private)
        E-Mail geschäftlich | E-Mail privat | E-Mail (geschäftlich) | E-Mail (privat)
        Email professionnel | Email personnel | E-mail professionnel | E-mail personnel
        E-mail służbowy | E-mail prywatny
    """,
    4: "Subscriber | Subscriber Email",
}

FIRST_NAME = """
    First Name | Given Name | Forename | Christian Name | FNAME | First | Legal First Name
    Name (First) | Full Name - First Name | Name - First Name
    What's your first name? | What is your first name?
    Vorname | Rufname
    Prénom | Prénoms
    Nombre de pila | Nombre propio | Primer nombre | Nombre(s)
    Nome di battesimo | Primo nome
    Primeiro nome | Nome próprio
    Voornaam | Roepnaam
    Imię | Imie
    Förnamn | Tilltalsnamn | Fornavn
    Etunimi
    Křestní jméno | Krstné meno
    Keresztnév | Utónév
    Prenume | Eesnimi | Vārds | Vardas
    Όνομα | Имя | Име | Ім'я
    Adı | 名 | 名前(名)
"""

LAST_NAME = """
    Last Name | Family Name | Surname | LNAME | Last | Legal Last Name
    Name (Last) | Full Name - Last Name | Name - Last Name
    What's your last name? | What is your last name?
    Nachname | Familienname | Zuname
    Nom de famille | Patronyme | Nom d'usage
    Apellido | Apellidos | Primer apellido
    Cognome
    Sobrenome | Apelido | Último nome | Apelidos
    Achternaam | Familienaam
    Nazwisko
    Efternamn | Etternavn | Efternavn
    Sukunimi
    Příjmení | Priezvisko | Prezime | Priimek
    Vezetéknév | Családnév
    Nume de familie | Perekonnanimi | Uzvārds | Pavardė
    Επώνυμο | Επίθετο | Фамилия | Прізвище | Фамилно име
    Soyadı | Soyad | Soyisim | 姓
"""

FULL_NAME = """
    Invitee Name | Registrant Name | Participant Name | Respondent Name | Donor Name | Guest Name
    Last Name, First Name | Nachname, Vorname | Name, Vorname | Surname and Name
    Full Name | Fullname | Display Name | Contact Name | Customer Name | Subscriber Name | Lead Name
    Person Name | Person - Name | Member Name | Recipient Name | Attendee Name | Buyer Name
    Billing Name | Your Name | First and Last Name | First & Last Name | Name (First and Last)
    What's your name? | What is your name? | What's your full name? | What is your full name?
    Vollständiger Name | Vor- und Nachname | Vorname und Nachname | Vorname Nachname | Kundenname
    Kontaktname | Ganzer Name | Vor- und Zuname
    Nom complet | Nom et prénom | Prénom et nom | Nom Prénom | Prénom Nom | Nom du client
    Nombre completo | Nombre y apellidos | Nombre y apellido | Nombre del cliente
    Nome completo | Nome e cognome | Cognome e nome | Nome e sobrenome | Nome do cliente
    Volledige naam | Voor- en achternaam | Klantnaam
    Imię i nazwisko | Nazwisko i imię | Pełna nazwa | Pełne imię i nazwisko
    Fullständigt namn | För- och efternamn | Fulde navn | Fullt navn | For- og efternavn
    Koko nimi | Etu- ja sukunimi
    Celé jméno | Jméno a příjmení | Celé meno | Meno a priezvisko
    Teljes név | Nume complet | Nume și prenume | Ad Soyad | Adı Soyadı | Ad ve Soyad
    Ime i prezime | Ime in priimek | Täisnimi
    Ονοματεπώνυμο | ФИО | ПІБ | Полное имя | Имя и фамилия | 氏名 | お名前 | 姓名 | 성명 | 이름
"""

# A name of its own language for the full name, unless a column for one half stands beside it:
# `Name` is the last name beside `Vorname`, `Nombre` the first name beside `Apellidos`.
GENERIC_NAME = """
    Name | Nom | Nombre | Nome | Naam | Navn | Namn | Jméno | Meno | Név | Nume | Ime | İsim
    Názov | Nazwa | Nimi | 名前 | fields.name | attributes.name | properties.name | profile.name
"""

TAGS = """
    Tags | Tag | Tag Names | Tag List | Tag(s) | Labels | Contact Tags | Customer Tags | Person Tags
    Subscriber Tags | properties.tags | attributes.tags | fields.tags
    Schlagwort | Schlagworte | Schlagwörter | Stichwörter | Schlagwoerter
    Étiquette | Étiquettes | Mots-clés
    Etiqueta | Etiquetas
    Etichetta | Etichette
    Tagi | Etykiety | Znaczniki
    Taggar | Etiketter | Etiketten | Tagit | Tunnisteet
    Štítky | Címkék | Etichete | Etiketler | Oznake | Теги | Метки | Тэги | タグ | 标签 | 태그
"""

IP_ADDRESS = """
    IP Address | IP | IP-Adresse | Adresse IP | Dirección IP | Indirizzo IP | Endereço IP | IP-adres
    Adres IP | IP-adress
"""

# Says whether this person agreed to e-mail. Not here on purpose: SMS, tax and timestamp columns.
CONSENT = """
    Accepts Marketing | Accepts Email Marketing | Accepts E-mail Marketing | Accepts Newsletter
    Accept Marketing | Buyer Accepts Marketing | Customer Accepts Marketing | acceptsMarketing
    Email Marketing Consent | Email Consent | Marketing Consent | Newsletter Consent | GDPR Consent
    GDPR Marketing
    Consent | Consent Given | Has Consent | Consented | Consent to Email | Marketing Email Consent
    Email Marketing Status | Email marketing subscription status | Email Marketing
    Email marketing consent state | emailMarketingConsent.marketingState
    email_marketing_consent.state | defaultEmailAddress.marketingState
    attributes.subscriptions.email.marketing.consent | subscriptions.email.marketing.consent
    Consent Status | Email Consent Status | Marketing Status | Marketing Consent Status
    Subscription Status | Email Subscription Status | Newsletter Subscription Status
    Subscribed Status | Email Channel Status | Email Subscribed Status
    Subscriber Status | Email Subscriber Status | Newsletter Status | Permission Status
    Email permission status | Status der Anmeldung
    Subscribed | Is Subscribed | Subscribed to Emails | Subscribed to Email
    Subscribed to Newsletter
    Subscribed to Marketing | Subscribed to Marketing Emails | Newsletter Subscribed
    Newsletter Subscription | Newsletter Subscriber | Newsletter | Newsletter Opt-in
    Email Newsletter
    Email Subscribed | Email Subscription | Email Subscriber | Is Subscribed to Newsletter
    Subscribe to Newsletter | Receive Newsletter | Receives Newsletter | Wants Newsletter
    Receive Marketing Emails | Receive Emails | Receive Marketing
    Opted In | Opt In Email | Email Opt-in | Email Opted In | Marketing Opt-in
    Is Opted In
    Has Opted In | Opted in to Email | Opted in to Marketing | Email Marketing Opt-in
    Newsletter Optin | Marketing Permission | Email Permission | Email Subscribe | Bulk Email
    Send Marketing Materials
    Marketing Emails | Allow Email | Allow Emails | Can Email | Email Allowed | Mailable
    Agreed to Marketing | Agrees to Marketing | Accepts Emails
    Einwilligung | E-Mail-Einwilligung | Werbeeinwilligung | Marketing-Einwilligung | Angemeldet
    Newsletter-Einwilligung | Newsletter abonniert | Newsletter-Anmeldung | Newsletter bestellt
    Newsletter-Status | Newsletter-Empfänger | Newsletterempfänger | Newsletter erwünscht
    Abonniert | DSGVO-Einwilligung
    Einwilligung Newsletter | Einwilligung E-Mail | Einwilligung Marketing | Zustimmung
    Werbeerlaubnis | Newsletter erlaubt | E-Mail-Werbung | Anmeldestatus | Abonnementstatus
    Consentement RGPD
    Consentement | Consentement e-mail | Consentement marketing | Inscrit à la newsletter | Inscrit
    Abonné à la newsletter | Abonné newsletter | Inscription newsletter | Inscrit newsletter
    Accepte la newsletter | Accepte les e-mails | Accepte le marketing | Statut d'abonnement
    Accepte le marketing par e-mail | Accepte les e-mails marketing | Accord marketing | Optin email
    Opt-in e-mail | Opt-in newsletter | Abonnement newsletter | Statut d'inscription
    Consentimiento | Consentimiento de marketing | Consentimiento de email | Acepta marketing
    Acepta newsletter | Acepta correos | Acepta emails | Suscrito | Suscrito al boletín | Boletín
    Suscrito a la newsletter | Suscrito a newsletter | Acepta marketing por correo electrónico
    Acepta publicidad | Acepta el marketing por correo electrónico | Suscripción
    Estado de suscripción | Estado de la suscripción | Suscripción al boletín
    Consenso | Consenso marketing | Consenso newsletter | Consenso e-mail | Iscritto
    Iscritto alla newsletter | Iscrizione newsletter | Accetta marketing | Accetta il marketing
    Accetta newsletter | Accetta e-mail marketing | Accetta il marketing via e-mail
    Stato iscrizione | Stato dell'iscrizione | Consenso al marketing
    Consentimento | Consentimento de marketing | Aceita marketing | Aceita newsletter | Inscrito
    Aceita e-mail marketing | Aceita receber e-mails | Assinante | Status da inscrição | Subscrito
    Inscrito na newsletter | Aceita marketing por e-mail | Subscreve newsletter
    Estado da subscrição | Status de permissão
    Toestemming | Toestemming marketing | Toestemming e-mail | Nieuwsbrief | Geabonneerd
    Ingeschreven
    Nieuwsbrief ontvangen | Accepteert marketing | Aangemeld voor nieuwsbrief | Abonneestatus
    Accepteert e-mailmarketing | Nieuwsbrief inschrijving | Inschrijfstatus
    Zgoda RODO
    Zgoda | Zgoda marketingowa | Zgoda na marketing | Zgoda na newsletter | Zgoda e-mail | Biuletyn
    Zgoda na e-mail | Zgoda na mailing | Zgoda na komunikację e-mail | Zgoda na e-mail marketing
    Zapisany do newslettera | Zapisany na newsletter | Subskrypcja | Subskrybent
    Status subskrypcji
    Zgoda na otrzymywanie newslettera | Akceptuje marketing | Zapisany
    Samtycke | Marknadsföringssamtycke | Nyhetsbrev | Prenumererar | Prenumerant
    Accepterar marknadsföring
    Prenumererar på nyhetsbrev | Samtycke till e-post | Prenumerationsstatus
    Samtykke | Markedsføringssamtykke | Nyhedsbrev | Tilmeldt nyhedsbrev | Tilmeldt | Abonnerer
    Accepterer markedsføring | Nyhetsbrev påmeldt | Påmeldt | Samtykke til e-post | Samtykke e-mail
    Suostumus | Markkinointilupa | Sähköpostimarkkinointilupa | Uutiskirje | Uutiskirjeen tilaaja
    Markkinointisuostumus | Sähköpostimarkkinointi
    Souhlas | Souhlas s marketingem | Souhlas s newsletterem | Odběr novinek | Odběr newsletteru
    Odběratel
    Souhlas se zasíláním | Přihlášen k odběru | Zasílání novinek | Súhlas | Odber noviniek
    Súhlas s marketingom | Hozzájárulás | Marketing hozzájárulás | Hírlevél | Feliratkozott
    Hírlevélre feliratkozott
    Consimțământ | Abonat | Abonat la newsletter | Acord marketing | Bülten | Onay | İzin
    E-posta izni
    Pristanak | Privola | Soglasje | Nõusolek | Uudiskiri | Sutikimas | Naujienlaiškis | Piekrišana
    Συγκατάθεση | Согласие | Подписка | Подписан | Рассылка | Согласие на рассылку | Підписка
    Згода
    Съгласие | Бюлетин | メルマガ | メルマガ配信 | メルマガ購読 | 订阅 | 是否订阅
    뉴스레터 | 수신동의
    이메일 수신동의
"""

# Says how or whether the consent was confirmed. Where another column says whether there is consent,
# a blank cell of these is no answer: few tools ask everybody.
CONFIRMATION = """
    Opt-in | Double Opt-in | Double Opt-in Confirmed | Double Optin | DOI | DOI Status
    Double Opt-in Status | Opt-in Status | Email Opt-in Status | EU Consent | GDPR Status
"""

# A status of the person in an e-mail tool, or of a lead, an order or an address in another one:
# only its values tell which.
STATUS = """
    Status | Email Status | E-mail Status | Contact Status | Member Status | State | Active
    Global Status | Person Status | User Status | Customer Status | List Status | Recipient Status
    properties.status | attributes.status | emailStatus | Subscribe Type | Subscriber Type
    Bulk Email Status
    Aktiv | Actif | Activo | Attivo | Ativo | Aktywny | E-Mail-Status | Kontaktstatus | Kundenstatus
    Statut | Statut e-mail | Statut du contact | Estado | Estado del contacto | Estado del email
    Stato | Stato contatto | Stato e-mail | Situação | Status do contato | Status kontaktu
    Stan | Stav | Stav kontaktu | Tila | Állapot | Stare | Durum | Κατάσταση | Статус
    状态 | ステータス
"""

# Says whether this person refused e-mail.
OPT_OUT = """
    Email Opt Out | Email Opted Out | Opted Out of Email | HasOptedOutOfEmail
    Has Opted Out Of Email
    Opt Out | Opted Out | Is Opted Out | Has Opted Out | Marketing Opt-out | Email Marketing Opt-out
    hs_email_optout | properties.hs_email_optout | Email Optout | Newsletter Opt-out
    Opted out of email: Marketing Information | Opted out of all email | Opt-out of email
    Unsubscribed | Is Unsubscribed | Unsubscribed from all email | Unsubscribed from all emails
    Unsubscribed from emails | Unsubscribed from email | Unsubscribed from Marketing
    Unsubscribed from Marketing Emails | Unsubscribed from Newsletter | Has Unsubscribed
    Email Unsubscribed | UNSUB_TIME | CLEAN_TIME
    Globally Unsubscribed | Global Unsubscribe | Email Disabled
    Do Not Email | Do Not Mail Email | Do Not Contact | Do Not Email Marketing | No Email
    No Emails
    Do not allow Emails | Do not allow Bulk Emails | Do Not Bulk Email
    Do Not Send Marketing Emails
    unsubscribedChannelIds | unsubscribedMessageTypeIds | Email Invalid | Marketing Suspended
    Stop Status
    Removed On | Removed At | Removal Date | Removal Reason | Is Deleted | Deleted | Deleted At
    Removed | Archived | Is Archived
    E-Mails nicht zulassen | Massen-E-Mails nicht zulassen
    Has Hard Bounced | Hard Bounced | Bounced | Is Bounced | Marked Email as Spam | Marked as Spam
    Is Excluded From Campaigns | Email Suppressions | Deactivated
    DoNotEMail | DoNotBulkEMail | DoNotContact | DND | Exclude from Email | Email Suppressed
    Suppressed
    Blacklisted | Email Blacklisted | EMAIL_BLACKLISTED | Blocklisted | Email Blocklisted | Blocked
    Abgemeldet | Von allen E-Mails abgemeldet | Newsletter abgemeldet
    Vom Newsletter abgemeldet | Werbewiderspruch | Widerspruch
    Werbesperre | Keine E-Mails | Keine Werbung | Widerrufen | E-Mail-Sperre
    Désabonné | Désinscrit | Désinscrit de tous les e-mails | Désabonné de tous les emails
    Désinscrit de tous les emails | Désabonné des e-mails
    Anulowano subskrypcję wszystkich e-maili | Kein E-Mail-Empfang
    No recibir correos electrónicos | Rezygnacja z otrzymywania wiadomości e-mail
    Dado de baja de todos los correos electrónicos | Darse de baja de todos los correos
    Dado de baja de todo el correo electrónico | Iscrizione annullata a tutte le email
    Iscrizione annullata da tutte le e-mail | Cancelou a assinatura de todos os e-mails
    Afgemeld voor alle e-mails | Uitgeschreven voor alle e-mails | Wypisano ze wszystkich e-maili
    Rezygnacja ze wszystkich e-maili | Avregistrerad från all e-post | Afmeldt alle e-mails
    Désinscrit de la newsletter | Désabonné de tous les e-mails
    Ne pas contacter
    Ne pas envoyer d'e-mail | Refus e-mail | Liste noire
    Dado de baja | Desuscrito | Baja | No enviar correo | No contactar | Cancelado de la suscripción
    Ha cancelado la suscripción | Excluido
    Disiscritto | Disiscritto da tutte le e-mail | Non contattare | Cancellato dalla newsletter
    Descadastrado | Cancelou inscrição | Não enviar e-mail | Não contatar | Cancelou a subscrição
    Uitgeschreven | Afgemeld | Geen e-mail | Niet mailen | Niet e-mailen
    Wypisany | Rezygnacja | Wypisany z newslettera | Sprzeciw | Nie wysyłać | Rezygnacja z e-mail
    Wypisany ze wszystkich e-maili | Sprzeciw marketingowy
    Avregistrerad | Avprenumererad | Afmeldt | Frameldt | Avmeldt | Ingen e-post | Ingen e-mail
    Peruutettu | Markkinointikielto | Odhlášen | Odhlášený | Nesouhlas | Leiratkozott | Dezabonat
    Odjavljen | Απεγγραφή | Отписан | Отписался | Відписаний | 配信停止 | 退订 | 수신거부
"""

_MEANINGS = _index(
    {
        "first_name": FIRST_NAME,
        "last_name": LAST_NAME,
        "name": FULL_NAME,
        "generic_name": GENERIC_NAME,
        "tags": TAGS,
        "ip_address": IP_ADDRESS,
        "status": STATUS,
        "consent": CONSENT,
        "confirmation": CONFIRMATION,
        "opt_out": OPT_OUT,
    }
)
_EMAIL_RANKS = {
    name: rank
    for names, rank in ((_index({"": text}), rank) for rank, text in EMAIL.items())
    for name in names
}
# `User Name` is a login, `Lead Status` is about a sale: these do not take a qualifier.
_UNQUALIFIABLE = frozenset({"generic_name", "ip_address", "status"})

# `Email - Primary`, `Correo de contacto`: all other words say whose address it is, or which.
_ADDRESS_WORDS = frozenset({"email", "emails", "mail", "correo", "courriel"})
_PLACES = frozenset(_names("work|home|personal|private|business|professional|privat|pro"))
_BESIDE_ADDRESS = _PLACES.union(
    phrases.spoken(" ".join(_names(_QUALIFIERS) + _names(_SUFFIXES))).split(),
    _names(
        """
        e | 1 | address | adresse | adres | direccion | indirizzo | endereco | id | default
        preferred | principal | principale | kontaktowy | kontaktu | rechnungs | de | da | di | du
        des | the | of
        """
    ),
)

# What forms and plugins add in brackets: `Email (Billing)`, `Newsletter (yes/no)`.
_BRACKETS = re.compile(r"[(\[]([^()\[\]]{1,40})[)\]]\W{0,9}$")
_REMARKS = frozenset(
    normalised(word)
    for word in _names(
        """
        required | optional | mandatory | metadata | consent | yes/no | y/n | true/false | 0/1 | 1/0
        Pflichtfeld | erforderlich | ja/nein | obligatoire | facultatif | oui/non | obligatorio
        opcional | sí/no | obbligatorio | sì/no | facoltativo | sim/não | wymagane | opcjonalne
        tak/nie | verplicht | ja/nee | from form
        """
    )
).union(PERSON_QUALIFIERS)
# `3. E-mail`, `Q3: E-mail` of surveys, `Email__c` of Salesforce.
_NUMBER_BEFORE = re.compile(r"^Q?\d{1,3}\s?[.:)]\s+(?=\D)")
_OWN_FIELD = re.compile(r"__c$")
_NUMBERED = re.compile(r"(.*\D)\d+\W*")


def meaning(column: str) -> tuple[str, bool] | None:
    """Return what a column means by its name, and whether the name is qualified.

    The meaning is a field of a contact, or `status`, `confirmation`, `answer`, `topic` or
    `generic_name`, which depend on what else is in the source. The address is not among them.
    """
    name = normalised(column)
    if name in _MEANINGS:
        return _MEANINGS[name], False
    found = _MEANINGS.get(bare_name(column))
    if found is not None and found not in _UNQUALIFIABLE:
        return found, True
    numbered = _NUMBERED.fullmatch(column)
    if numbered and _MEANINGS.get(_unqualified(normalised(numbered[1]))) == "tags":
        return "tags", True
    spoken = phrases.stance(column)
    return (spoken, True) if spoken else None


def is_named(column: str) -> bool:
    """Tell whether a table has the name of a column as a whole, or with whose it is before it."""
    if normalised(column) in _MEANINGS:
        return True
    return bare_name(column) in _MEANINGS


def bare_name(column: str) -> str:
    """Return the `normalised` name of a column without whose it is, and without remarks."""
    return _unqualified(normalised(_without_remark(column)))


def email_rank(column: str) -> int | None:
    """Return how far from a plain `Email` the name of an e-mail column is, from 0.

    `None` is any other column. One step is added for a qualifier.
    """
    name = normalised(column)
    if name in _EMAIL_RANKS:
        return _EMAIL_RANKS[name]
    bare = _without_remark(column)
    rank = _EMAIL_RANKS.get(_unqualified(normalised(bare)))
    return _rank_of_words(bare) if rank is None else rank + 1


def _rank_of_words(column: str) -> int | None:
    words = set(phrases.spoken(column).split())
    if (
        normalised(column) in _MEANINGS
        or not words & _ADDRESS_WORDS
        or words - _ADDRESS_WORDS - _BESIDE_ADDRESS
    ):
        return None
    return 3 if words & _PLACES else 2


def _without_remark(column: str) -> str:
    """Return a name without numbers and brackets that do not change its meaning."""
    column = _OWN_FIELD.sub("", _NUMBER_BEFORE.sub("", column))
    found = _BRACKETS.search(column)
    is_remark = found and normalised(found[1]) in _REMARKS
    return column[: found.start()] if found and is_remark else column


def _unqualified(name: str) -> str:
    for word in PERSON_QUALIFIERS:
        if name.startswith(word) and len(name) > len(word):
            return _unqualified(name[len(word) :])
    for word in PERSON_SUFFIXES:
        if name.endswith(word) and len(name) > len(word):
            return _unqualified(name[: -len(word)])
    return name
