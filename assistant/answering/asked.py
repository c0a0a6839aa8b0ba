"""What kind of thing a question asks for, and whether a statement holds one.

Question words are few and closed in every language, so a table serves; it is data about languages, not
about this product's questions. A kind only prefers statements that hold such a thing and says when none
does; it never decides on its own what is relevant.
"""

import re
from collections.abc import Mapping
from typing import Literal

Asked = Literal["amount", "count", "date", "duration", "contact", "steps", "list", "definition", "other"]

_CUES: Mapping[Asked, str] = {
    "count": (
        r"how many|wie ?viele|combien d|cu[aá]ntos|cu[aá]ntas|quanti|quante|quantos|quantas|ilu|hoeveel|"
        r"c[aâ][tț]i|c[aâ]te|πόσοι|πόσες|πόσα|колко|kolik|hány|koliko|kuinka mon|hvor mange|hur många|mitu|cik daudz|kiek"
    ),
    "duration": (
        r"how long|how much time|duration|wie lange|dauer|combien de temps|durée|cu[aá]nto (?:tiempo|dura)|duración|"
        r"quanto (?:tempo|dura)|durata|jak długo|ile trwa|hoe ?lang|c[aâ]t dureaz|πόσο διαρκεί|διάρκεια|колко време|"
        r"jak dlouho|meddig|koliko traja|kuinka kauan|hvor længe|hur länge|kui kaua|cik ilgi|kiek laiko"
    ),
    "amount": (
        r"how much|what does .*\bcosts?|costs?\b|price|fees?\b|budget|amount|what .*\bpa(?:y|id)|salary|worth|wie ?viel|kostet|kosten|"
        r"combien|coût|prix|montant|cu[aá]nto|cuesta|precio|importe|quanto|costa|custo|ile\b|kosztuje|hoeveel|kost\b|"
        r"c[aâ]t cost|cost[aă]|suma|πόσο|κοστίζει|ποσό|колко струва|сума|kolik stojí|mennyi|koliko stoji|"
        r"paljonko|hvad koster|hur mycket|kostar|kui palju|cik maksā|kiek kainuoja"
    ),
    "date": (
        r"when\b|what (?:year|date|day)|which year|since when|until when|deadline|start date|wann\b|seit wann|bis wann|frist|"
        r"quand\b|date limite|cu[aá]ndo|fecha|plazo|quando|scadenza|prazo|kiedy|termin|wanneer|c[aâ]nd\b|termen|"
        r"πότε|προθεσμία|кога|срок|kdy\b|mikor|kada\b|kdaj|milloin|hvornår|när\b|millal|kad\b"
    ),
    "contact": (
        r"e-?mail|phone|contact|web ?site|address|who (?:do|can|should|must) (?:i|we) (?:write|ask|call|talk|turn)|"
        r"an wen|kontakt|à qui|contacter|con qui[eé]n|contacto|a chi|contatt|contato|z kim|contact|επικοινων|контакт"
    ),
    "steps": (
        r"how (?:do|can|could|should|to|does|would|must) |what (?:are the steps|steps)|steps? (?:to|for|by)|procedure|"
        r"wie (?:kann|können|werde|trete|bewerbe|beantrage|melde)|schritt|comment|étapes|c[oó]mo|pasos|come (?:posso|si|faccio)|"
        r"jak (?:mogę|można|się|zapisać|dołączyć)|kroki|hoe (?:kan|moet|word)|stappen|cum (?:pot|mă|se)|πώς|βήματα|как да|стъпки|"
        r"jak se|hogyan|kako|miten|hvordan|hur (?:kan|gör|ansöker)|kuidas|kā |kaip"
    ),
    "list": (
        r"which\b|what (?:are|kinds?|types?|sorts?|courses?|programmes?|trainings?)|\blist\b|name (?:the|all|some)|\ball (?:the )?|"
        r"welche|quels|quelles|qu[eé] (?:cursos|son)|cu[aá]les|quali|quais|jakie|które|welke|care sunt|ce cursuri|ποιες|ποια|кои|"
        r"jaké|které|milyen|koje|kateri|mitkä|hvilke|vilka|millised|kādi|kokie"
    ),
    "definition": (
        r"what(?:'s| is| does)|what .* mean|who (?:is|are)|define|meaning of|explain|was (?:ist|sind|bedeutet)|qu'est-ce|c'est quoi|"
        r"qu[eé] (?:es|significa)|cos'?\s?è|che cos|o que é|co to|czym jest|wat is|ce (?:este|înseamnă)|τι είναι|какво е|"
        r"co je|mi az|što je|kaj je|mikä on|hvad er|vad är|mis on|kas ir|kas yra"
    ),
}
_ORDER: tuple[Asked, ...] = ("count", "duration", "date", "contact", "steps", "amount", "list", "definition")
_CUE_PATTERNS = {kind: re.compile(rf"(?:^|\W)(?:{_CUES[kind]})", re.IGNORECASE) for kind in _ORDER}

_MONTH = (
    r"(?:jan|feb|mar|mär|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])\w*|"
    r"janvier|février|mars|avril|juin|juillet|août|enero|abril|mayo|junio|julio|agosto|gennaio|maggio|giugno|luglio|"
    r"stycz\w+|lut\w+|kwie\w+|maj\w*|czerw\w+|lip\w+|sierp\w+|wrze\w+|paźdz\w+|listop\w+|grud\w+"
)
_HOLDS: Mapping[Asked, re.Pattern[str]] = {
    "amount": re.compile(
        r"\d[\d., ]*\s*(?:%|€|EUR|euro|million|billion|bn\b|DKK|SEK|PLN|CZK|HUF|BGN|RON|USD|lei|zł|kr\b|Mio)|"
        r"(?:€|EUR|\$|£)\s*\d|\bfree\b|kostenlos|gratuit|gratis|no fee|no cost|bezpłat|δωρεάν|безплат|tasuta|zdarma|ingyen",
        re.IGNORECASE,
    ),
    "count": re.compile(r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b", re.IGNORECASE),
    "date": re.compile(rf"\b(?:19|20)\d\d\b|\b\d{{1,2}}\.? (?:{_MONTH})\b|\b(?:{_MONTH}) \d", re.IGNORECASE),
    "duration": re.compile(
        r"\d[\d., ]*\s*(?:to \d+ )?(?:full |working )*(?:hours?|days?|weeks?|months?|years?|h\b|Stunden?|Tage?n?|Wochen?|Monate?n?|"
        r"Jahre?n?|heures?|jours?|semaines?|mois|ans?\b|années?|horas?|días?|semanas?|meses|años?|ore\b|giorni|settimane|mesi|"
        r"anni|godzin\w*|dni|tygodni\w*|miesi\w+|lat[a]?\b|uur|dagen|weken|maanden|jaar|ECTS)",
        re.IGNORECASE,
    ),
    "contact": re.compile(r"[\w.+-]+@[\w-]+\.\w|https?://|www\.|\b[\w-]+\.(?:eu|org|com|gov|net)\b|contact form|\+\d{2}", re.IGNORECASE),
}


def asked_for(question: str) -> Asked:
    """The kind of thing that the question asks for; "other" when no cue is known."""
    return next((kind for kind in _ORDER if _CUE_PATTERNS[kind].search(question)), "other")


def holds(kind: Asked, text: str) -> bool | None:
    """Whether the text holds a thing of that kind; None for kinds that cannot be seen on the surface."""
    pattern = _HOLDS.get(kind)
    return bool(pattern.search(text)) if pattern else None
