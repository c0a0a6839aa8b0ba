"""The one facade: a question goes in, an `Answer` comes out, for every face of the product.

understand ─▶ search ─▶ compose ─▶ verify ─▶ render. Composers propose claims; only verified ones are shown.
With a language model configured it composes first; whenever it is missing, slow, cut off or proves nothing,
the evidence composer answers from the same passages.
"""

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from threading import RLock

from assistant import readers
from assistant.answering.around import (
    Draft,
    cards_of,
    foreign_quotes,
    gaps_of,
    not_found,
    places_of,
    topics_beside,
)
from assistant.answering.claims import Claim, Composer, Question
from assistant.answering.evidence import EvidenceComposer, Verdict
from assistant.answering.render import Renderer, safe_markdown
from assistant.answering.verify import problem_with
from assistant.answers import Answer, Opportunity, Persona, Status, Usage
from assistant.conversation import Conversation, Turn
from assistant.documents import Page
from assistant.errors import AssistantError, LanguageModelError
from assistant.index.reader import Index
from assistant.multilingual.link import Linker
from assistant.openness import is_too_open
from assistant.privacy import mask
from assistant.records import listing
from assistant.records.constraints import Wanted
from assistant.records.places import Places
from assistant.records.reply import Asking, RecordReply
from assistant.records.store import RecordStore
from assistant.records.towns import Towns
from assistant.retrieval.encoder import Encoder, load_encoder
from assistant.retrieval.passages import Passage
from assistant.retrieval.retriever import Retriever
from assistant.settings import Settings
from assistant.takeaway.formats import Form, TakeAway, make
from assistant.takeaway.paper import from_answer
from assistant.understanding import Understood, starters, understand
from assistant.wording import FALLBACK, say

NEAR_IN_MEANING = 50  # passages that help to rank records
LONGEST_LIST = 200  # entries of a list that is taken away
SHORT_MESSAGE = 3  # words; a longer one without any known word is answered "not found"


@dataclass(frozen=True, slots=True)
class StepEvent:
    """One step is done; `detail` is a short line for the reader."""

    name: str
    detail: str
    ms: float


@dataclass(frozen=True, slots=True)
class TextEvent:
    """Markdown to append to the reply."""

    text: str


@dataclass(frozen=True, slots=True)
class AnswerEvent:
    """The finished answer; always the last event. Its text replaces what was streamed."""

    answer: Answer


Event = StepEvent | TextEvent | AnswerEvent


class _Parts:
    """What answers from one generation; closed when it is replaced and its last question is done."""

    def __init__(self, settings: Settings, encoder: Encoder, places: Places) -> None:
        self.index = Index.open(settings.index_dir, encoder_fingerprint=encoder.fingerprint)
        self.retriever = Retriever(self.index, encoder)
        self.evidence = EvidenceComposer(self.index, encoder)
        self.records = RecordStore.of_generation(self.index.folder, settings)
        self.towns = Towns(places, self.records.values("city_key"))
        self.told: dict[str, tuple[Claim, ...]] = {}
        self.users = 0
        self.replaced = False

    def close(self) -> None:
        """Let go of the generation."""
        self.records.close()
        self.index.close()

    def ask(self, question: str, *, top_k: int) -> tuple[Claim, ...]:
        """What the documents prove about a question of our own in English; looked up once."""
        if question not in self.told:
            passages = self.retriever.retrieve(question, top_k=top_k, language=FALLBACK)
            verdict = self.evidence.judge(Question(question, FALLBACK), passages)
            self.told[question] = tuple(self.evidence.claims(verdict))
        return self.told[question]

    def renderer(self) -> Renderer:
        """A new one, which titles citations from this generation."""
        return Renderer(lambda path: self.index.document(path).title)


class Assistant:
    """Answers the turns of conversations from the index of one data folder.

    Safe to use from several threads; a newer generation of the index is picked up before the next question.
    """

    def __init__(self, settings: Settings) -> None:
        """Open the index.

        Raises:
            IndexMissingError: nothing was ingested yet.
            IndexMismatchError: the index was built with another encoder or format.
            SettingsError: a setting names something that does not exist.
        """
        self.settings = settings
        self._lock = RLock()
        self._encoder: Encoder = load_encoder(settings)
        self._linker = Linker(self._encoder)
        self._places = Places.open(settings.data_dir / "models")
        self._parts = _Parts(settings, self._encoder, self._places)
        self._model: Composer | None = None
        if settings.llm:
            from assistant.answering.language_model import LanguageModelComposer

            self._model = LanguageModelComposer(settings)

    def answer(
        self,
        question: str,
        *,
        conversation: Conversation | None = None,
        persona: Persona | None = None,
        language: str | None = None,
        today: date | None = None,
        wanted: Wanted | None = None,
    ) -> Answer:
        """The finished answer: the last event of `stream`, whose arguments it takes."""
        events = self.stream(
            question,
            conversation=conversation,
            persona=persona,
            language=language,
            today=today,
            wanted=wanted,
        )
        return next(event.answer for event in events if isinstance(event, AnswerEvent))

    def stream(
        self,
        question: str,
        *,
        conversation: Conversation | None = None,
        persona: Persona | None = None,
        language: str | None = None,
        today: date | None = None,
        wanted: Wanted | None = None,
    ) -> Iterator[Event]:
        """Answer one turn, telling each step and each piece of text as it is ready.

        Args:
            question: The reader's words; personal data is masked before anything else sees them.
            conversation: What was said before; the new turn is added to it.
            persona: Who asks, when known.
            language: ISO 639-1 code of the reply; None follows the question.
            today: The date on which offers are open or closed; None for the date of this machine.
            wanted: A wish for offers that is understood already, such as the last one without a constraint;
                the question then only tells the reader's words.
        Yields:
            Events, the `AnswerEvent` last. Errors of the search itself become an answer with status "error".
        """
        conversation = conversation if conversation is not None else Conversation()
        clock = _Clock()
        masked = mask(question)
        today = today or date.today()
        given, wanted = wanted, None
        try:
            with self._reading() as parts:
                asked = understand(masked, conversation, language=language)
                yield StepEvent("Understand", asked.standalone, clock.lap("understand"))
                asking = Asking(
                    message=asked.message,
                    language=asked.question_language,
                    store=parts.records,
                    today=today,
                    towns=parts.towns,
                    previous=conversation.turns[-1].wanted if conversation.turns else None,
                    shown=conversation.shown,
                    persona=persona,
                    search=partial(
                        parts.retriever.search, top_k=NEAR_IN_MEANING, language=asked.question_language
                    ),
                    link=self._linker.link,
                    advised=conversation.advised,
                    earlier=tuple(turn.question for turn in conversation.turns),
                    ask=partial(parts.ask, top_k=self.settings.top_k),
                )
                if reply := readers.answer_to(given, asking) if given else readers.read(asking):
                    wanted = reply.wanted
                    answer = yield from self._tell(reply, asked, parts, clock, today)
                else:
                    passages = self._search(asked, parts)
                    yield StepEvent("Search", places_of(passages), clock.lap("search"))
                    answer = yield from self._compose(asked, persona, passages, parts, clock)
        except AssistantError as error:
            reply_in = language or FALLBACK
            answer = Answer(
                status="error",
                language=reply_in,
                text=say("failed", reply_in, reason=str(error)),
                standalone_question=masked,
                timings_ms=clock.timings(),
            )
        conversation.turns.append(Turn(masked, answer, wanted))
        yield AnswerEvent(answer)

    def take_away(
        self,
        answer: Answer,
        form: Form,
        *,
        wanted: Wanted | None = None,
        language: str | None = None,
        today: date | None = None,
    ) -> TakeAway:
        """A reply as a file: a Word document, a table, or a calendar of its deadlines and starts.

        Args:
            answer: The reply.
            form: Which file.
            wanted: What the reply's turn asked of the records; a list of which the reply shows one page is
                then taken away as a whole, up to `LONGEST_LIST` entries.
            language: ISO 639-1 code of labels and notes; None for that of the reply.
            today: What was due before that day is closed; None for the date of this machine.
        Raises:
            NothingToSaveError: a calendar without a date to come, or a table without a line.
        """
        today = today or date.today()
        with self._reading() as parts:
            answer = self._whole(answer, wanted, parts, today)
            documents = parts.index.documents()
        return make(from_answer(answer, documents=documents, today=today, language=language), form)

    def suggestions(self, persona: Persona | None = None) -> list[str]:
        """Questions to start with, which the project's own documents can answer."""
        return starters(persona)

    def document_file(self, path: str) -> Path | None:
        """Where an indexed document lies on this machine; None when it is not indexed or gone."""
        with self._reading() as parts:
            known = {document.path: document for document in parts.index.documents()}
        file = Path(known[path].source_file) if path in known else None
        return file if file and file.is_file() else None

    def document_page(self, path: str, number: int) -> Page | None:
        """A page of an indexed document, from 1; None when there is none."""
        with self._reading() as parts:
            try:
                return parts.index.page(path, number)
            except KeyError:
                return None

    def index_status(self) -> str:
        """One line on what is searched."""
        with self._reading() as parts:
            documents = parts.index.documents()
        return f"{len(documents)} documents, {sum(document.page_count for document in documents)} pages"

    def close(self) -> None:
        """Let go of the index."""
        with self._lock:
            self._parts.close()

    @contextmanager
    def _reading(self) -> Iterator[_Parts]:
        """The parts for one question, after moving to a newer generation when there is one."""
        with self._lock:
            if not self._parts.index.is_current():
                old, self._parts = self._parts, _Parts(self.settings, self._encoder, self._places)
                old.replaced = True
                if not old.users:
                    old.close()
            parts = self._parts
            parts.users += 1
        try:
            yield parts
        finally:
            with self._lock:
                parts.users -= 1
                if parts.replaced and not parts.users:
                    parts.close()

    def _tell(
        self, reply: RecordReply, asked: Understood, parts: _Parts, clock: "_Clock", today: date
    ) -> Generator[Event, None, Answer]:
        """The reply that records give, each line proved by its entry."""
        wanted = reply.wanted
        yield StepEvent("Look up", wanted.words, clock.lap("search"))
        draft = Draft(parts.renderer(), EvidenceComposer.name)
        yield from self._fill(
            draft, reply.claims(parts.index, asked.reply_language, today), asked, parts.index
        )
        yield StepEvent("Compose", draft.summary, clock.lap("compose"))
        gaps = [say("partly", asked.reply_language, names=safe_markdown(", ".join(wanted.unknown)))]
        proved = bool(draft.renderer.citations)
        cards = reply.cards()
        status: Status = "complete" if reply.is_whole else "partial" if proved else "not_found"
        foreign = foreign_quotes(draft, asked, parts.index) if cards.partnerships else []
        answer = self._reply(
            "clarify" if cards.asks_back else status,
            asked,
            clock,
            draft=draft,
            text="\n\n".join([draft.text, *(gaps if wanted.unknown else []), *foreign]),
            topics=cards.suggestions,
        )
        return answer.model_copy(
            update={
                "opportunities": list(cards.opportunities),
                "partnerships": list(cards.partnerships),
                "total_matches": cards.total_matches,
            }
        )

    def _whole(self, answer: Answer, wanted: Wanted | None, parts: _Parts, today: date) -> Answer:
        """The reply with all entries of its list, when it shows one page of a list."""
        shown = len(answer.opportunities) + len(answer.partnerships)
        if wanted is None or not 0 < shown < (answer.total_matches or 0):
            return answer
        need = wanted.need.model_copy(update={"limit": LONGEST_LIST, "offset": 0})
        listed = listing.look_up(replace(wanted, need=need), parts.records, today)
        if listed is None or not listed.found.total:
            return answer
        asked = understand(answer.standalone_question, Conversation(), language=answer.language)
        asked = replace(asked, reply_language=answer.language)
        telling = self._tell(listed, asked, parts, _Clock(), today)
        try:
            while True:
                next(telling)
        except StopIteration as told:
            whole: Answer = told.value
        return whole.model_copy(update={"standalone_question": answer.standalone_question})

    def _search(self, asked: Understood, parts: _Parts) -> list[Passage]:
        return parts.retriever.retrieve(
            asked.queries, top_k=self.settings.top_k, language=asked.question_language
        )

    def _compose(
        self,
        asked: Understood,
        persona: Persona | None,
        passages: Sequence[Passage],
        parts: _Parts,
        clock: "_Clock",
    ) -> Generator[Event, None, Answer]:
        """The reply of the language model when there is one and it proves something, else of the evidence."""
        reply_in = asked.reply_language
        question = Question(
            asked.message, reply_in, persona, asked.context, asked.history, asked.question_language
        )
        verdict = parts.evidence.judge(question, passages)
        says_nothing = not verdict.known and _is_no_question(asked.standalone, verdict)
        if says_nothing or (not asked.history and is_too_open(asked.message, asked.question_language)):
            text = say("clarify", reply_in)
            return self._reply("clarify", asked, clock, text=text, topics=starters(persona))
        note = ""
        spent: list[Usage] = []
        if self._model and passages:
            draft = Draft(parts.renderer(), self._model.name)
            try:
                claims = self._model.compose(question, passages, on_usage=spent.append)
                yield from self._fill(draft, claims, asked, parts.index)
            except LanguageModelError as error:
                note = say("model_failed", reply_in, reason=str(error))
            if draft.parts and not note:
                yield StepEvent("Compose", draft.summary, clock.lap("compose"))
                cards = cards_of(passages, draft, parts.records)
                topics = topics_beside(passages, draft)
                return self._reply(
                    "complete", asked, clock, draft=draft, topics=topics, spent=spent, cards=cards
                )
        draft = Draft(parts.renderer(), EvidenceComposer.name)
        yield from self._fill(draft, parts.evidence.claims(verdict), asked, parts.index)
        yield StepEvent("Compose", draft.summary, clock.lap("compose"))
        if not draft.parts:
            topics = topics_beside(passages, None)
            text = not_found(asked, verdict, parts.index, note, topics)
            return self._reply("not_found", asked, clock, text=text, topics=topics, spent=spent)
        gaps = gaps_of(verdict, asked)
        cards = cards_of(passages, draft, parts.records)
        notes = [*gaps, *foreign_quotes(draft, asked, parts.index), *([note] if note else [])]
        return self._reply(
            "partial" if gaps else "complete",
            asked,
            clock,
            draft=draft,
            text="\n\n".join([draft.text, *notes]),
            topics=topics_beside(passages, draft),
            spent=spent,
            cards=cards,
        )

    def _fill(
        self, draft: Draft, claims: Iterator[Claim], asked: Understood, index: Index
    ) -> Iterator[TextEvent]:
        """Verify and render the claims one by one; what fails is dropped and remembered."""
        for claim in claims:
            languages = {index.document(quote.document).language for quote in claim.quotes}
            problem = problem_with(
                claim,
                lambda path, number: index.page(path, number).text,
                languages=(asked.reply_language, languages.pop() if len(languages) == 1 else ""),
            )
            if problem:
                draft.dropped.append(problem)
                continue
            piece = draft.renderer.add(claim)
            draft.parts.append(piece)
            yield TextEvent(piece)

    def _reply(
        self,
        status: Status,
        asked: Understood,
        clock: "_Clock",
        *,
        draft: Draft | None = None,
        text: str | None = None,
        topics: Sequence[str] = (),
        spent: Sequence[Usage] = (),
        cards: Sequence[Opportunity] = (),
    ) -> Answer:
        return Answer(
            status=status,
            language=asked.reply_language,
            text=text if text is not None else draft.text if draft else "",
            citations=draft.renderer.citations if draft else [],
            opportunities=list(cards),
            suggestions=list(topics),
            standalone_question=asked.standalone,
            composer=draft.composer if draft else EvidenceComposer.name,
            timings_ms=clock.timings(),
            usage=spent[0] if spent else None,
        )


def _is_no_question(message: str, verdict: Verdict) -> bool:
    """A greeting, thanks, a lone question mark: short, and without a question word."""
    return len(message.split()) <= SHORT_MESSAGE and all(part.asked == "other" for part in verdict.parts)


class _Clock:
    """Milliseconds per step and in total."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, step: str) -> float:
        now = time.perf_counter()
        self._laps[step] = round((now - self._last) * 1000, 1)
        self._last = now
        return self._laps[step]

    def timings(self) -> dict[str, float]:
        return self._laps | {"total": round((time.perf_counter() - self._start) * 1000, 1)}
