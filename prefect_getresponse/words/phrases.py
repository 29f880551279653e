# ruff: noqa: RUF001 - the words are of many alphabets, some letters look like Latin ones
"""What phrases say about e-mail: of headers, of the boxes of forms, of cells.

Tables know names and words as wholes. This is for what nobody can list: `Consent_Email__c`,
`unsubscribed_from_emails_at`, `I do not wish to receive your newsletter`. In doubt a phrase is a
refusal: a person too few is found in the report, one too many is not.
"""

import re
import unicodedata
from functools import cache
from typing import Literal

from prefect_getresponse.words import words_of
from prefect_getresponse.words.alternation import Lazy, alternation

_UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ı": "i"})
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_BETWEEN_ITEMS = re.compile(r'[",;|/\n]')
_BETWEEN_CLAUSES = re.compile(r"[.;:!?()]")
_SHORTEST_STEM = 3
_BETWEEN_PHRASES = re.compile(r"[^\w\0]+|_")


@cache
def pattern(meaning: str) -> str:
    """Return a regular expression for the phrases of a meaning, among `spoken` words."""
    phrases = words_of("phrases", "phrases", meaning)
    return alternation(_joined(phrase.replace("*", "\0")).replace("\0", "*") for phrase in phrases)


def _denial() -> str:
    """Return a regular expression for words that deny; "you don't want to miss" denies nothing."""
    return rf"(?:{pattern('denying')})(?! (want to )?miss)"


def _stems(*meanings: str) -> list[str]:
    """Return the words of meanings as regular expressions without their ends, longest first."""
    words = (word for meaning in meanings for word in words_of("phrases", "phrases", meaning))
    stems = {_joined(word.strip("*")) for word in words if "*" not in word.strip("*")}
    return [re.escape(stem) for stem in sorted(stems, key=len, reverse=True) if stem]


def _joined(text: str) -> str:
    return _BETWEEN_PHRASES.sub(" ", without_accents(text)).strip()


def without_accents(text: str) -> str:
    """Return a text in lower case with letters instead of accented letters."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in folded if not unicodedata.combining(char))
    return bare.translate(_UNDECOMPOSED)


# All of these are looked for in `spoken` words.
_MAIL = Lazy(lambda: pattern("mail"))
_MARKETING = Lazy(lambda: pattern("marketing"))
_OTHER_CHANNEL = Lazy(lambda: pattern("another_channel"))
_AGREEING = Lazy(lambda: pattern("agreeing"))
_REFUSING = Lazy(lambda: pattern("refusing"))
_ENDING = Lazy(lambda: pattern("ending"))
_DENYING = Lazy(lambda: pattern("denying"))
_DENIAL = Lazy(_denial)
# `I do not wish to receive`, `Ich möchte keine E-Mails erhalten`: some words may lie between.
_NEGATED = Lazy(
    lambda: rf"{_denial()}(?: \w+){{0,4}}? (?=\b(?:{pattern('agreeing')}|{pattern('mail')}))"
)
_NEAR = r"(?: \w+){0,2} "
# A refusal in several words, each of which may refuse nothing by itself.
_REFUSING_TOGETHER = Lazy(
    lambda: (
        rf"(?:{pattern('denying')})(?: \w+){{0,4}} (?:{pattern('mail')}|\b(?:{pattern('letters')}))"
        rf"|(?:{pattern('consenting')}|{pattern('mail')}){_NEAR}(?:{pattern('ending')})"
        rf"|(?:{pattern('ending')}){_NEAR}(?:{pattern('consenting')}|{pattern('mail')})"
        rf"|(?:{pattern('consenting')}|{pattern('mail')}) (?:{pattern('denying')})$"
    )
)
_MAILED = Lazy(lambda: rf"{pattern('mail')}|{pattern('marketing')}|\bmails?\b")
_STATE = Lazy(lambda: pattern("state"))
_LAW = Lazy(lambda: pattern("law"))
_UNMARKED = re.compile(r"\b(?:untick|uncheck|deselect)\w*\b")
_DOUBLE = Lazy(
    lambda: (
        rf"{_denial()}(?: \w+){{0,3}}? (?=\b(?:{pattern('refusing')}|{pattern('ending')}))"
        rf"|{_UNMARKED.pattern}"
    )
)
_REFUSING_WORDS = Lazy(lambda: rf"(?:{pattern('refusing')})\w*")
_CONSENTING = Lazy(lambda: pattern("consenting"))
_DETAILS = Lazy(lambda: pattern("detail"))
_TOGETHER = re.compile(
    r"&|\+|,|/|\b(?:and|or|und|oder|et|ou|y|o|e|i|oraz|lub|en|of|och|og|all|any)\b"
)
_LISTED = re.compile(r"[&+,/]|\b(?:and|or|nor|und|oder|et|ou|oraz|lub|och)\b")
# Parts of joined words that undo them: `Newsletterstop`, `Einwilligungswiderruf`.
_HIDDEN_END = Lazy(
    lambda: "|".join(stem for stem in _stems("refusing", "ending") if len(stem) > _SHORTEST_STEM)
)
# `Newsletters`, `subscription`: some letters more than the stem; a longer word is another one.
_KNOWN_WORD = Lazy(
    lambda: "|".join(
        [
            *(rf"\b\w{{0,1}}{stem}\w{{0,3}}\b" for stem in _stems("mail", "marketing")),
            *(rf"\b{stem}\w{{0,6}}\b" for stem in _stems("agreeing")),
            rf"\b(?:{'|'.join(_stems('filler', 'detail'))})\b",
        ]
    )
)
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
# What programs write beside an address, and nobody answers.
_MARKS = re.compile(r"\b(hash|key|token|id|uuid|guid|md5|url|link)\b")
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


def ends(text: str) -> bool:
    """Tell whether a text has a word of ending, such as `stopped` or `withdrawn`."""
    return _ENDING.search(stated(text)) is not None


def refuses_mail(text: str) -> bool:
    """Tell whether a text refuses e-mail in some words: also `please no more mailings`."""
    return any(_is_refused_in(stated(part)) for part in _BETWEEN_ITEMS.split(text[:LONGEST]))


def begins_with_refusal(words: str) -> bool:
    """Tell whether `spoken` words begin with a refusal."""
    return _REFUSING.match(words) is not None


def words_of_refusal() -> tuple[str, ...]:
    """Return the phrases of refusal."""
    return words_of("phrases", "phrases", "refusing")


def denies(text: str) -> bool:
    """Tell whether there is a `not` in a text."""
    return _DENIAL.search(spoken(text)) is not None


def is_about_another_channel(text: str) -> bool:
    """Tell whether a text names SMS, telephone and the like."""
    return _OTHER_CHANNEL.search(spoken(text)) is not None


def is_about_mail(text: str) -> bool:
    """Tell whether a text names e-mail."""
    return _MAIL.search(spoken(text)) is not None


def may_have_codes(column: str) -> bool:
    """Tell whether letters below the name of a column may stand for answers about e-mail."""
    words = spoken(column)
    return _MAIL.search(words) is not None and not _MARKS.search(words)


def is_certain(column: str) -> bool:
    """Tell whether what the name of a column says can be read in one way only.

    It can if every word of it is known, and none speaks of an end or a `not` beside an agreement:
    `Marketing consent withdrawn` may be read both ways, and so may a word that nobody has taught
    us yet.
    """
    words = stated(column)
    rest, refusing = _REFUSING_WORDS.subn(" ", words)
    if refusing > 1 or _HIDDEN_END.search(rest):
        return False
    if any(_CONSENTING.search(found[0]) for found in _REFUSING_WORDS.finditer(words)):
        return False  # `No consent` is a refusal, but who has not withdrawn need not have agreed
    if _ENDING.search(rest) or _DENIAL.search(rest) or (refusing and _AGREEING.search(rest)):
        return False
    return not _KNOWN_WORD.sub("", rest).strip()


def speaks_of_an_end(column: str) -> bool:
    """Tell whether the name of a column has a word of refusing, ending or denying."""
    words = spoken(column)
    if _NO_REFUSAL.search(words):
        return False
    found = _REFUSING.search(words) or _ENDING.search(words)
    about_mail = _MAIL.search(words) or _MARKETING.search(words) or _AGREEING.search(words)
    return bool(found or (about_mail and _DENIAL.search(words)))


def is_only_about_another_channel(column: str) -> bool:
    """Tell whether a name speaks of SMS, telephone and the like, and of nothing beside them."""
    words = spoken(column)
    found = _OTHER_CHANNEL.search(words) and not _MAIL.search(words)
    return bool(found and not _TOGETHER.search(column.casefold()))


def is_in_known_words(text: str) -> bool:
    """Tell whether every word of a text is in the tables: nobody is recognised by such a text."""
    rest = spoken(text)
    for known in (_REFUSING, _ENDING, _DENIAL, _OTHER_CHANNEL, _KNOWN_WORD):
        rest = known.sub(" ", rest)
    return not rest.strip()


def seems_to_agree(column: str) -> bool:
    """Tell whether the name of a column has a word of agreeing to anything."""
    return _AGREEING.search(spoken(column)) is not None


def may_be_answered(column: str) -> bool:
    """Tell whether yes and no, in whatever words, may stand below the name of a column.

    It has a word of agreeing or of the law, or speaks of a state of e-mail: `Mail status`, `OK to
    mail`, `Legal basis`.
    """
    words = spoken(column)
    if seems_to_agree(column) or _LAW.search(words):
        return True
    return bool(_MAILED.search(words) and _STATE.search(words))


def is_doubly_negated(column: str) -> bool:
    """Tell whether a `not` undoes a refusal: `Not unsubscribed`, `I do not object to mails`.

    A list of refusals is none: `Not active or unsubscribed`.
    """
    words = spoken(column)
    if not (_DENYING.search(words) or _UNMARKED.search(words)):
        return False
    return _DOUBLE.search(words) is not None and not _LISTED.search(column.casefold())


def tells_more(column: str) -> bool:
    """Tell whether a name asks for the time or reason of something."""
    return _DETAILS.search(spoken(column)) is not None


def _is_refused_in(words: str) -> bool:
    if _REFUSING.search(words):
        return True
    may_be = _ENDING.search(words) or _DENYING.search(words)
    return bool(may_be and _REFUSING_TOGETHER.search(words))


def _is_negated(sentence: str) -> bool:
    """Tell whether what people could agree to is denied, and not something else in a sentence."""
    return any(
        _NEGATED.search(spoken(clause)) for clause in _BETWEEN_CLAUSES.split(sentence[:LONGEST])
    )


def _refuses_first(words: str) -> bool:
    """Tell whether a sentence refuses before it agrees: `opt out of receiving`."""
    agreeing, refusing = _AGREEING.search(words), _REFUSING.search(words)
    return bool(agreeing and refusing and refusing.start() <= agreeing.start())


def _is_about_mail(words: str) -> bool:
    by_mail = _MAIL.search(words)
    if _OTHER_MAILS.search(words) and "newsletter" not in words:
        return False
    return bool(by_mail or (_MARKETING.search(words) and not _OTHER_CHANNEL.search(words)))


def _is_detail(words: str) -> bool:
    name = len(words.split()) <= _WORDS_OF_NAME and _DETAIL.search(words)
    return bool(_ASKING.search(words) or name)
