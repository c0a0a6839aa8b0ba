"""Reads what a firm wants of partnerships and answers it: advice, a list, a comparison or a draft."""

from dataclasses import replace

from assistant.advice.compare import Comparison, chosen
from assistant.advice.detail import DetailReply
from assistant.advice.draft import DraftReply
from assistant.advice.find import Fitting, fitting
from assistant.advice.listed import list_of, page_of
from assistant.advice.plan import plan_of
from assistant.advice.reply import AdviceReply, SectorQuestion
from assistant.advice.wish import (
    SHORT,
    Message,
    Wish,
    left_over,
    read_message,
    wants_comparison,
    wish_of,
)
from assistant.records.constraints import Wanted
from assistant.records.firm import Advised, Firm
from assistant.records.models import BlueprintRecord, PartnershipRecord
from assistant.records.need import Need
from assistant.records.pointing import places_in
from assistant.records.reading import Chip, pattern
from assistant.records.reply import Asking, RecordReply

REMEMBERED = 6  # earlier messages that may tell of the firm
_DETAILS = ("steps", "contact", "amount")


def read(asking: Asking) -> RecordReply | None:
    """The reply to a message about partnerships; None when it wants something else."""
    message = read_message(asking.message, asking.language, asking.towns)
    before = asking.advised
    if (
        wants_comparison(message)
        and (message.nouns or before)
        and (reply := _compare(message, before, asking))
    ):
        return reply
    if wish := wish_of(message):
        if wish.kind == "advise" and asking.persona == "worker" and not _is_about_own_firm(message):
            return None  # only organisations join; what a worker can do is told by the documents
        return _answer(wish, message, before, asking)
    if before is None:
        return _advise(Wish("advise", message.firm), asking) if _only_tells_firm(message) else None
    previous = asking.previous if asking.previous and asking.previous.advised else None
    return _follow(message, before, previous or Wanted(Need(type="partnership"), advised=before), asking)


def _answer(wish: Wish, message: Message, before: Advised | None, asking: Asking) -> RecordReply | None:
    if wish.kind in ("list", "count"):
        return None if wish.clusters else list_of(wish, message.narrowing, asking)
    if wish.kind == "draft":
        return _draft(wish, asking)
    return _advise(wish, asking)


def _follow(message: Message, before: Advised, previous: Wanted, asking: Asking) -> RecordReply | None:
    """A short message after advice or a list: the next page, a changed firm, a question on what was shown."""
    words, need = message.reading.words, previous.need
    if len(words) <= 3 and message.reading.spans(pattern("more")) and need.action in ("list", "count"):
        next_page = need.model_copy(update={"offset": need.offset + need.limit})
        return page_of(replace(previous, need=next_page), asking)
    if before.drafting and (reply := _redraft(message, asking)):
        return reply
    told = bool(message.firm.sectors or message.firm.countries or message.firm.size)
    if told and (len(words) <= SHORT or before.asked_sector) and message.asked not in _DETAILS:
        if left_over(message) and not before.asked_sector:
            return None
        if need.action in ("list", "count"):
            return _changed_list(message, previous, asking)
        return _advise(Wish("advise", message.firm, need.type), asking)
    asks_to_join = message.asked == "other" and message.is_question and message.near("fits")
    asked = "steps" if asks_to_join else message.asked
    if asked in _DETAILS and len(words) <= SHORT + 1 and not message.firm.sectors and before.shown:
        return _detail(message, asked, before, previous, asking)
    return None


def answer_to(wanted: Wanted, asking: Asking) -> RecordReply | None:
    """The reply to a wish that is understood already, such as one of which a constraint was taken back."""
    need, before = wanted.need, wanted.advised or Advised(Firm())
    if need.action in ("list", "count"):
        return page_of(wanted, asking)
    firm = before.firm
    if not need.ecosystems:
        firm = replace(firm, sectors=(), about="", sector_words="")
    if not need.countries:
        firm = replace(firm, countries=(), place_words="")
    return _advice_for(firm, Wish("advise", firm, need.type, need.scale), asking)


def _advise(wish: Wish, asking: Asking) -> RecordReply | None:
    return _advice_for(_firm(wish.firm, asking), wish, asking)


def _advice_for(firm: Firm, wish: Wish, asking: Asking) -> RecordReply | None:
    partnerships, blueprints = asking.store.all("partnership"), asking.store.all("blueprint")
    if not (partnerships or blueprints):
        return None
    wanted = _wanted(wish, firm, asking)
    if not firm.sectors:
        return SectorQuestion(_with(wanted, Advised(firm, asked_sector=True)), asking.language)
    advice = fitting(firm, partnerships, blueprints, asking.today)
    if not advice.all:
        return None
    shown = tuple(record.reference for record in advice.all)
    return AdviceReply(
        _with(wanted, Advised(firm, shown)),
        firm,
        advice,
        asking.ask,
        regional=tuple(r for r in partnerships if isinstance(r, PartnershipRecord) and r.scale == "regional"),
        clusters=wish.clusters,
        blueprints_only=wish.type == "blueprint",
    )


def _draft(wish: Wish, asking: Asking) -> RecordReply:
    earlier = asking.earlier[-REMEMBERED:]
    plan = plan_of((*earlier, asking.message), asking.language, asking.towns, drafting=asking.message)
    firm = _firm(Firm(), asking)
    told = replace(wish.firm, size=None, size_words="") if plan.people else wish.firm
    if firm.sectors:  # "train them in digital design" tells no other sector
        told = replace(told, sectors=(), about="", sector_words="")
    firm = firm.updated(told)
    advice = fitting(firm, asking.store.all("partnership"), asking.store.all("blueprint"), asking.today)
    shown = tuple(record.reference for record in advice.partnerships[:1])
    advised = Advised(firm, shown, drafting=True)
    return DraftReply(_with(_wanted(wish, firm, asking), advised), firm, plan, advice, asking.ask)


def _redraft(message: Message, asking: Asking) -> RecordReply | None:
    """The draft with what a message adds to it; None when that is no number, no time and no measure."""
    said = plan_of([asking.message], asking.language, asking.towns, drafting=asking.message)
    adds = bool(said.people or said.time or said.measure) and not message.is_question
    return _draft(Wish("draft", message.firm), asking) if adds else None


def _compare(message: Message, before: Advised | None, asking: Asking) -> RecordReply | None:
    records = chosen(message, before.shown if before else (), _known(asking))
    if len(records) < 2:
        return None
    advised = Advised(before.firm if before else Firm(), tuple(record.reference for record in records))
    need = Need(type=records[0].type, action="compare", language=asking.language)
    chips = tuple(Chip("provider", record.title) for record in records)
    return Comparison(Wanted(need, chips, advised=advised), records)


def _detail(
    message: Message, asked: str, before: Advised, previous: Wanted, asking: Asking
) -> RecordReply | None:
    known = {record.reference: record for record in _known(asking)}
    place = next(iter(places_in(message.reading, len(before.shown))), 0)
    record = known.get(before.shown[place])
    if not isinstance(record, PartnershipRecord):
        return None
    return DetailReply(previous, record, asked, asking.ask)


def _changed_list(message: Message, previous: Wanted, asking: Asking) -> RecordReply | None:
    changes: dict[str, object] = {"offset": 0}
    if message.firm.sectors:
        changes["ecosystems"] = message.firm.sectors
    if message.firm.countries:
        changes["countries"] = message.firm.countries
    chips = tuple(chip for chip in previous.chips if chip.field not in changes)
    words = {"ecosystems": message.firm.sector_words, "countries": message.firm.place_words}
    new = tuple(Chip(name, said) for name, said in words.items() if name in changes)
    wanted = replace(previous, need=previous.need.model_copy(update=changes), chips=(*chips, *new))
    return page_of(wanted, asking)


def _firm(told: Firm, asking: Asking) -> Firm:
    """What the firm told in this conversation, the last word on each thing."""
    firm = Firm()
    for text in asking.earlier[-REMEMBERED:]:
        message = read_message(text, asking.language, asking.towns)
        if _is_about_own_firm(message) or message.nouns:
            firm = firm.updated(message.firm)
    return (firm.updated(asking.advised.firm) if asking.advised else firm).updated(told)


def _is_about_own_firm(message: Message) -> bool:
    own = message.near("we", message.language) or message.near("firm")
    return bool(message.firm.size or message.firm.about) or (own and bool(message.firm.sectors))


def _only_tells_firm(message: Message) -> bool:
    """A message that says who the firm is and asks nothing: "we run a weaving mill in Braga"."""
    is_firm = bool(message.firm.sectors) and message.near("we", message.language)
    return is_firm and not message.is_question and message.asked == "other" and not left_over(message)


def _wanted(wish: Wish, firm: Firm, asking: Asking) -> Wanted:
    need = Need(
        type=wish.type,
        language=asking.language,
        ecosystems=firm.sectors,
        countries=firm.countries,
        anywhere=True,
        scale=wish.scale if wish.type == "partnership" else "",
    )
    names = (("ecosystems", firm.sector_words), ("countries", firm.place_words), ("size", firm.size_words))
    return Wanted(need, tuple(Chip(name, words) for name, words in names if words))


def _with(wanted: Wanted, advised: Advised) -> Wanted:
    return replace(wanted, advised=advised)


def _known(asking: Asking) -> list[Fitting]:
    records = [*asking.store.all("partnership"), *asking.store.all("blueprint")]
    return [each for each in records if isinstance(each, PartnershipRecord | BlueprintRecord)]
