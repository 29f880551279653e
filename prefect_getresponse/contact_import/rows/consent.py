# ruff: noqa: RUF001 - the words are of many alphabets, some letters look like Latin ones
"""What a cell of a consent, opt-out or status column says about e-mail."""

import re
from collections.abc import Iterable

from prefect_getresponse.contact_import.rows import phrases

# Dates of any order, perhaps with a time, and seconds or milliseconds since 1970.
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DATE = re.compile(
    rf"(?!0000)(?:\d{{4}}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.](?:\d{{4}}|\d\d)"
    rf"|{_MONTH} \d\d?,? \d{{4}}|\d\d? {_MONTH} \d{{4}})"
    r"(?:[T ,][\d:., ]*(?:[ap]\.?m\.?)? ?(?:z|utc|gmt|cet|cest)?(?:[+-][\d:]{1,5})?)?"
    r"|1\d{9}(?:\d{3})?",
    re.ASCII | re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[\s_\-]+")
_BETWEEN_PARTS = re.compile(r"[\[\]{}\"',;:|()/!.\n\u2013\u2014]| - ")


def _words(text: str) -> frozenset[str]:
    return frozenset(_simplified(word) for word in re.split(r"[|\n]", text) if word.strip())


def _simplified(cell: str) -> str:
    return _SEPARATORS.sub(" ", phrases.without_accents(cell.strip()[: phrases.LONGEST]))


_YES = _words("""
    1 | 1.0 | yes | y | true | t | on | x | ✓ | ✔ | ☑ | ✅ | checked
    ja | j | wahr | oui | o | vrai | sí | s | verdadero | vero | sim | verdadeiro | waar | tak
    prawda
    sand | sant | kyllä | tosi | ano | áno | pravda | igen | igaz | da | adevărat | evet | doğru
    jah | jā | taip | ναι | да | истина | так | はい | 是 | 예 | 네
""")

_NO = _words("""
    0 | 0.0 | no | n | false | f | off | ☐ | unchecked | none
    nein | nei | neen | falsch | non | faux | falso | não | nee | onwaar | nie | fałsz | nej
    falsk | falskt | ei
    epätosi | ne | nepravda | nem | hamis | nu | fals | hayır | yanlış | nē | όχι | нет | не
    ложь | ні
    いいえ | 否 | 아니오 | 아니요
""")

# What databases and tools write where they have nothing to say.
_NOTHING = _words("""
    null | \\N | nan | nil | never | n/a | [] | {} | "" | 0000-00-00 | 0000-00-00 00:00:00
    0000-00-00T00:00:00Z | - | – | — | unknown | not set | unspecified
""")

# Words that speak of a subscription wherever they stand.
_SUBSCRIBED = _words("""
    subscribed | subscriber | resubscribed | opted in | opt in | optin | double opt in
    single opt in | double opted in | single opted in | confirmed opted in
    confirmed opt in | explicit consent | marketing subscribed
    abonniert | angemeldet | eingewilligt | abonné | abonnée | inscrit | inscrite | suscrito
    suscrita
    suscriptor | iscritto | iscritta | inscrito | inscrita | assinante | subscrito | geabonneerd
    ingeschreven | aangemeld | zapisany | zapisana | subskrybent | subskrybuje | subskrybowany
    prenumererar | prenumerant | tilmeldt | abonnerer | påmeldt | tilaaja | tilannut
    přihlášen | odběratel | odebírá | feliratkozott | abonat | abone | подписан | подписка активна
    購読中 | 配信中 | 已订阅 | 구독
""")

_UNSUBSCRIBED = _words("""
    unsubscribed | unsubscribe | unsub | not subscribed | never subscribed | non subscribed
    nonsubscribed
    neversubscribed | notsubscribed | unsubscribed by admin | global unsubscribe
    globally unsubscribed
    opted out | opt out | optout | not opted in | do not email | do not contact | cleaned | bounced
    hard bounced | hard bounce | soft bounced | soft bounce | bounce | complained | complaint | spam
    spam complaint | do not mail
    marked as spam | reported spam | abuse | abused | junk | suppressed | blacklisted | blocklisted
    unconfirmed | not confirmed | awaiting confirmation | not activated | transactional
    transactional only
    list unsubscribed | cancelled subscription
    abgemeldet | ausgetragen | nicht angemeldet | nicht abonniert | widerrufen | unbestätigt
    désabonné | désabonnée | désinscrit | désinscrite | non abonné | non inscrit | non confirmé
    dado de baja | desuscrito | no suscrito | baja | rebotado | no confirmado
    disiscritto | disiscritta | non iscritto | non confermato
    descadastrado | não inscrito | cancelou inscrição | não confirmado | não subscrito
    uitgeschreven | afgemeld | niet geabonneerd | niet ingeschreven | onbevestigd
    wypisany | wypisana | wyrejestrowany | niezapisany | niepotwierdzony
    avregistrerad | avprenumererad | afmeldt | frameldt | avmeldt | ikke tilmeldt
    peruutettu | peruuttanut | odhlášen | odhlášený | nepřihlášen | leiratkozott | dezabonat
    abonelikten çıktı
    отписан | отписался | не подписан | 配信停止 | 退订 | 수신거부
""")

# Words that mean consent in a consent column, but could be said of anything else in others.
_ACTIVE = _words("""
    active | confirmed | explicit | express | enabled | granted | given | agreed | accepted
    consented | consent given | normal | regular | send
    allowed | allow | approved | verified opt in | email | e-mail | c | direct | single | double
    yes please
    agree | i agree | accept | i accept | consent | i consent
    ja gerne | ja bitte | einverstanden | ich stimme zu | d'accord | j'accepte | acepto | accetto
    aceito | akkoord | zgadzam się | wyrażam zgodę | akceptuję | souhlasím | согласен | согласна
    aktiv | bestätigt | erteilt | zugestimmt | actif | active | confirmé | accepté | accordé
    activo | activa | confirmado | aceptado | attivo | attiva | confermato | accettato | ativo
    ativa
    aceito | actief | bevestigd | aktywny | aktywna | potwierdzony | potwierdzona | wyrażona
    udzielona
    bekräftad | bekræftet | bekreftet | aktiivinen | vahvistettu | aktivní | potvrzeno | aktív
    activ
    aktif | ενεργός | активен | активный | подтвержден
""")

_INACTIVE = _words("""
    inactive | pending | disabled | denied | revoked | declined | withdrawn | deleted
    validating | not set | notset | u | b | invalid
    needs attention | undeliverable | blocked | risky | not active
    do aktywacji | zablokowany | zablokowana | zwracający miękko | zwracający twardo | odbity
    expired | lapsed | paused
    removed | archived | redacted | cancelled | canceled | on hold | hold | annulé | anulado
    annullato | cancellato | cancelado | avslutad | odrzucony | removido | removida
    inaktiv | ausstehend | gelöscht | abgelehnt | inactif | en attente | supprimé | refusé
    inactivo | pendiente | rechazado | eliminado | inattivo | in attesa | eliminato | inativo
    pendente
    inactief | in afwachting | verwijderd | nieaktywny | oczekujący | usunięty | neaktivní | čeká
    inaktív | väntande | afventer | avventer | odottaa | неактивен | ожидает
""")

_GRANTED = _YES | _SUBSCRIBED | _ACTIVE
_DENIED = _NO | _UNSUBSCRIBED | _INACTIVE
_NOT_OPTED_OUT = (
    _NO | _NOTHING | _SUBSCRIBED | _words("allow | allowed | not opted out | active | in | valid")
) - _words("unknown | not set | unspecified")
_OF_STATUS = _GRANTED | _DENIED
# A clear yes also where more is said behind it: `Yes, by e-mail`, `Tak, wyrażam zgodę`.
_YES_WORDS = {word for word in _YES if len(word) > 1 and word.isalpha()} - {"on"} | _SUBSCRIBED
_LONGEST_ANSWER = 100
_BY_EMAIL = _words("email | e-mail")
_ONLY = _words("only | nur | tylko | seulement | solo | soltanto | apenas | alleen | bara | jen")


def granted(cell: str) -> bool:
    """Tell whether a cell of a consent column says yes; blank and unknown words do not.

    A date says since when, which is a yes, and so is a list of channels with e-mail among them.
    """
    word = _simplified(cell)
    return word in _GRANTED or is_date(cell) or (word not in _DENIED and _says_yes(cell))


def _says_yes(cell: str) -> bool:
    """Tell whether several words, or a list of them, are a clear yes."""
    if len(cell) > phrases.LONGEST or phrases.denies(cell) or phrases.refuses(cell):
        return False
    parts = [part for text in _BETWEEN_PARTS.split(cell) if (part := _simplified(text).strip())]
    words = phrases.stated(cell).split()
    elsewhere = phrases.is_about_another_channel(cell)
    if _DENIED & {*parts, *words} or (elsewhere and _ONLY & set(words)):
        return False
    if _BY_EMAIL & set(parts) or phrases.agrees(cell):
        return True
    return bool(parts) and parts[0] in _YES_WORDS and not elsewhere


def is_unclear(cell: str) -> bool:
    """Tell whether a cell is a short answer that nobody knows, and no date, number or address."""
    known = is_silent(cell) or _simplified(cell) in _OF_STATUS or phrases.refuses(cell)
    answer = cell.strip()
    return not known and len(answer) <= _LONGEST_ANSWER and not re.search(r"[\d@]", answer)


def is_silent(cell: str) -> bool:
    """Tell whether a cell is blank, or holds what tools write instead of nothing."""
    word = _simplified(cell)
    return not word.strip() or word in _NOTHING


def opted_out(cell: str) -> bool:
    """Tell whether a cell of an opt-out column says anything but a clear no or nothing."""
    return bool(cell.strip()) and _simplified(cell) not in _NOT_OPTED_OUT


def unsubscribed(cell: str) -> bool:
    """Tell whether a cell of any status column says that somebody does not get e-mail."""
    word = _simplified(cell)
    return word in _UNSUBSCRIBED or (word not in _NOT_OPTED_OUT and phrases.refuses(cell))


def is_about_subscription(cells: Iterable[str]) -> bool:
    """Tell whether cells of a column called `Status` are about subscriptions.

    They are if one of them can be nothing else (`unsubscribed`), or if all of them can be
    (`active`, `inactive`); `open` or `qualified` make it the status of a lead, and nothing but
    zeros a number without a meaning.
    """
    found = {cell.strip() for cell in cells} - {""}
    words = set(map(_simplified, found))
    if words & _SUBSCRIBED or any(map(unsubscribed, found)):
        return True
    return bool(words - {"0"}) and words <= _OF_STATUS


def are_answers(cells: Iterable[str]) -> bool:
    """Tell whether most different cells of a column are answers, such as yes and no."""
    found = {cell.strip() for cell in cells} - {""}
    answers = [cell for cell in found if _simplified(cell) in _DENIED or granted(cell)]
    return len(answers) * 2 >= len(found) > 0


def are_yes_and_no(cells: Iterable[str]) -> bool:
    """Tell whether all cells of a column are words for yes and no, and not just numbers."""
    words = {_simplified(cell) for cell in cells if cell.strip()}
    numbers = {word for word in words if word[0].isdigit()}
    return bool(words - numbers) and words <= _YES | _NO | _SUBSCRIBED | _UNSUBSCRIBED


def is_date(cell: str) -> bool:
    """Tell whether a cell is a date or a time."""
    return _DATE.fullmatch(cell.strip()) is not None
