# ruff: noqa: RUF001 - the words are of many alphabets, some letters look like Latin ones
"""What phrases say about e-mail: of headers, of the boxes of forms, of cells.

Tables know names and words as wholes. This is for what nobody can list: `Consent_Email__c`,
`unsubscribed_from_emails_at`, `I do not wish to receive your newsletter`. In doubt a phrase is a
refusal: a person too few is found in the report, one too many is not.
"""

import re
import unicodedata
from typing import Literal

_UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ı": "i"})
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_BETWEEN_CLAUSES = re.compile(r"[.;:!?()]")

# All of these are looked for in `spoken` words.
_MAIL = re.compile(
    r"newsletter|e ?mail|mailing|nieuwsbrief|nyhedsbrev|nyhetsbrev|boletin|courriel|infolettre"
    r"|correo|elektroniczn|hirlevel|uutiskirje|biuletyn|рассылк|mailchimp|klaviyo|getresponse|brevo"
)
_MARKETING = re.compile(r"marketing|promo|offer|angebot|ofert|werbung|handlow|commercial")
_OTHER_CHANNEL = re.compile(
    r"sms|fax|phone|telefon|whatsapp|viber|text messag|\bmms\b|push|mobile|postal|direct mail"
    r"|voice|messenger|\bcall(s|ing)?\b"
)
_AGREEING = re.compile(
    r"\b(agree|accept|consent|subscri|sign me up|send me|sign ?up|opt(ed)? ?in\b|allow|join"
    r"|permi(t|ssion)|would you like|can we|may we|keep me|contact (me|you)|email me|hear from"
    r"|i want|i d like|wish\b|yes please|receives?\b|receiving"
    r"|zgod|zgadzam|wyrazam|chce|otrzym|zapis|akcept|einwillig|mochte|ich will|stimme|erhalten"
    r"|abon|anmeld|akzeptier|erlaub|consens|feliratkoz|подпис|соглас|souhaite|veux|recevoir|acept|quiero|recibir|deseo|accett|ricevere"
    r"|desidero|voglio|aceit|receber|desejo|quero\b|ontvang|akkoord|souhlas|odebir|prenumer"
    r"|samtyck|tilmeld)"
)
_REFUSING = re.compile(
    r"unsubscri|opt(ed|s|ing)? ?(me )?out|bounced|\b(hard|is|has) bounc|black ?list|block ?list"
    r"|suppress|quarantin|complained|marked (e ?mail )?as spam|report(ed)? (as )?spam|spam report"
    r"|spam complain|do ?not ?(send|(bulk ?|allow )?(e ?mail|contact|market))|invalid e ?mail"
    r"|e ?mail invalid|\bno (more )?(e ?mail|newsletter|mailing|marketing)|stop (sending|receiving)"
    r"|abgemeldet|ausgetragen|\babmeld|widerspruch|desabonn|desinscri|dad[oa] de baja|desuscri"
    r"|(fecha|motivo) de baja|disiscri|descadastr|uitgeschreven|afgemeld|wypis|wyrejestr|rezygnac"
    r"|sprzeciw|anulowan\w* subskr|avregistrer|avprenumer|afmeldt|frameldt|avmeldt|odhlasen"
    r"|leiratkoz|dezabon|отписа"
)
# `I do not wish to receive`, `Ich möchte keine E-Mails erhalten`: some words may lie between.
_NOT = (
    r"\b(not|don t|dont|doesn t|won t|no longer|never|nicht|kein(e[nr]?)?|nie|ne|pas|non|nao|niet"
    r"|geen|inte|ikke|nechci|no (deseo|quiero|acepto|desea|recibir|enviar))\b(?! (want to )?miss)"
)
_DENIAL = re.compile(_NOT)
_NEGATED = re.compile(rf"{_NOT}(?: \w+){{0,4}}? (?={_AGREEING.pattern}|\b({_MAIL.pattern}))")
# `You can unsubscribe at any time` refuses nothing.
_REVOCABLE = re.compile(r"\b(can|may|could) (\w+ )?(unsubscribe|opt out)")

# Columns about when, how and by whom, about other mails, and numbers of them.
_ASKING = re.compile(r"^(date|time|data|when|how|why|which|source|best|preferred)\b")
_DETAIL = re.compile(r"\b(date|time|timestamp|source|ip|method|at)$")
_OTHER_MAILS = re.compile(r"\b(partner|third part|invoice|faktur|rechnung)")
_NO_ANSWER = re.compile(
    r"^(last|first|total|number)\b|\b(level|type|at|on|url|link|text|version|id)$"
    r"|\b(track|cookie|terms|regulamin|count|rate|opens|opened|clicks"
    r"|clicked|sent|delivered|received|double|offer|promo|template|subject|domain|client|address|adres)"
)
# Names that agree to nothing, but below which yes and no say who gets mail.
_TOPIC = re.compile(
    r"(?!(e ?)?mails?$)(contact by )?(e ?mail|mail|mailing|newsletter|marketing|promotional"
    r"|werbung)s?( (list|ok|okay|preferences?|(e ?)?mails?|marketing|mailings?|updates?|news))*"
)
_NO_REFUSAL = re.compile(
    r"\b(soft|url|link|token|key|hash|code|id|count|number|rate|total|campaign|page|track\w*"
    r"|cookies?|sale|partners?|third part\w*|one to one|emails bounced|customer service)\b"
    r"|(?<!hard )\bbounces\b"
)
LONGEST = 1000
"""Characters that are looked at: nobody agrees to more at once."""
_WORDS_OF_SENTENCE = 4
_WORDS_OF_NAME = 6


def spoken(text: str) -> str:
    """Return the words of a text: lower case, no accents, `camelCase` and `a_b-c` taken apart."""
    return _BETWEEN_WORDS.sub(" ", without_accents(_HUMP.sub(" ", text[:LONGEST]))).strip()


def stated(text: str) -> str:
    """Return the words of a text without those that say that a yes can be taken back."""
    return _REVOCABLE.sub("", spoken(text))


def without_accents(text: str) -> str:
    """Return a text in lower case with letters instead of accented letters."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in folded if not unicodedata.combining(char))
    return bare.translate(_UNDECOMPOSED)


def stance(column: str) -> Literal["consent", "opt_out", "answer", "topic"] | None:
    """Return what a yes below the name of a column says about e-mail, if it says anything.

    A sentence is what people have agreed to, or have refused. The name of a refusal may be that of
    its time or reason: both are blank for all others. An `answer` is a shorter name that may
    speak of something else, so that only the cells tell, and a `topic` one that agrees to nothing
    (`Mailing list`), so that all cells have to.
    """
    words = stated(column)
    answer = _AGREEING.search(words) and _is_about_mail(words) and not _is_detail(words)
    if answer and len(column.split()) >= _WORDS_OF_SENTENCE:
        return "opt_out" if _is_negated(column) or _refuses_first(words) else "consent"
    if _REFUSING.search(words) or (_MAIL.search(words) and _is_negated(column)):
        by_mail = _MAIL.search(words) or not _OTHER_CHANNEL.search(words)
        return "opt_out" if by_mail and not _NO_REFUSAL.search(words) else None
    if _NO_ANSWER.search(words):
        return None
    if answer:
        return "answer"
    return "topic" if _TOPIC.fullmatch(words) else None


def refuses(text: str) -> bool:
    """Tell whether a text such as `Unsubscribed by the user` is about a refusal."""
    return _REFUSING.search(stated(text)) is not None


def agrees(text: str) -> bool:
    """Tell whether a text is a sentence by which people agree to get e-mail."""
    return stance(text) == "consent"


def denies(text: str) -> bool:
    """Tell whether there is a `not` in a text."""
    return _DENIAL.search(spoken(text)) is not None


def is_about_another_channel(text: str) -> bool:
    """Tell whether a text names SMS, telephone and the like."""
    return _OTHER_CHANNEL.search(spoken(text)) is not None


def _is_negated(sentence: str) -> bool:
    """Tell whether what people could agree to is denied, and not something else in a sentence."""
    return any(
        _NEGATED.search(spoken(clause)) for clause in _BETWEEN_CLAUSES.split(sentence[:LONGEST])
    )


def _refuses_first(words: str) -> bool:
    """Tell whether a sentence refuses before it agrees: `opt out of receiving`."""
    found = _AGREEING.search(words)
    return found is not None and _REFUSING.search(words, 0, found.start()) is not None


def _is_about_mail(words: str) -> bool:
    by_mail = _MAIL.search(words)
    if _OTHER_MAILS.search(words) and "newsletter" not in words:
        return False
    return bool(by_mail or (_MARKETING.search(words) and not _OTHER_CHANNEL.search(words)))


def _is_detail(words: str) -> bool:
    name = len(words.split()) <= _WORDS_OF_NAME and _DETAIL.search(words)
    return bool(_ASKING.search(words) or name)
