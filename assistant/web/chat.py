"""The Chainlit handlers: receive, ask the assistant, show the reply and its sources.

Chainlit's own way to show a PDF, an element of display "side", opens the panel by itself with every PDF of
the whole conversation whenever a reply arrives. So citations are links (see citations.py); a click comes back
here as a window message, and the panel is told to show that one page under a new key, without which it would
keep the page before.
"""

# mypy: disable-error-code="no-untyped-call"
# Chainlit says that it is typed, but many of its methods are not.

import asyncio
import logging
import warnings
from datetime import date
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import chainlit as cl

from assistant.answers import Answer, Persona, is_pdf, place_in
from assistant.conversation import Conversation, Turn
from assistant.errors import AssistantError
from assistant.facade import AnswerEvent, Assistant, StepEvent, TextEvent
from assistant.feedback import REASONS, Feedback, append_feedback
from assistant.takeaway.formats import FORMS, Form
from assistant.takeaway.paper import has_dates
from assistant.web.citations import DOCUMENTS, escape, parse_document_url, to_markdown
from assistant.web.files import FILES, Files
from assistant.web.streaming import from_thread
from assistant.wording import say

log = logging.getLogger(__name__)

LONGEST_QUESTION = 4000
CONVERSATION = "conversation"
SAVED = "saved"
ASK = "ask"
RATE = "rate"
TAKE_BACK = "take_back"
SAVE = "save"
ICONS: dict[Form, str] = {"docx": "file-text", "csv": "table", "ics": "calendar-plus"}
WELCOME = """**{heading}**

I answer from a fixed set of documents and show the page behind every sentence.
I am an AI system: I inform, you decide. {kept}"""
NOTHING_KEPT = "Nothing you write is kept."
RATED_KEPT = "Nothing you write is kept, unless you rate a reply."
PROFILES: dict[Persona, tuple[str, str]] = {
    "worker": ("For workers", "What could you learn next, and who pays?"),
    "sme": ("For firms (SMEs)", "Which partnership, training or funding fits your firm?"),
}


def register(assistant: Assistant, files: Files) -> None:
    """Make Chainlit's conversations talk to `assistant`, offering `files`. Call once after `home.prepare`."""
    # Chainlit asks for a new session's profiles in a way that cannot work in a running loop, and goes on.
    warnings.filterwarnings("ignore", "coroutine 'Chat.profiles' was never awaited", RuntimeWarning)
    chat = Chat(assistant, files)
    cl.set_chat_profiles(chat.profiles)
    cl.on_chat_start(chat.begin)
    cl.on_chat_end(chat.end)
    cl.on_message(chat.receive)
    cl.action_callback(ASK)(chat.ask_suggestion)
    cl.action_callback(TAKE_BACK)(chat.take_back)
    cl.action_callback(RATE)(chat.rate)
    cl.action_callback(SAVE)(chat.save)
    cl.on_window_message(chat.open_document)


class Chat:
    """One instance serves all conversations; what a conversation remembers is in `cl.user_session`."""

    def __init__(self, assistant: Assistant, files: Files) -> None:
        self._assistant = assistant
        self._files = files

    async def profiles(self, user: cl.User | None = None) -> list[cl.ChatProfile]:
        """Who asks, each with questions that the documents answer."""
        return [
            cl.ChatProfile(
                name=persona,
                display_name=name,
                markdown_description=WELCOME.format(
                    heading=heading, kept=RATED_KEPT if self._assistant.settings.feedback else NOTHING_KEPT
                ),
                icon="/public/logo.svg",
                default=persona == "worker",
                starters=[
                    cl.Starter(label=question, message=question)
                    for question in self._assistant.suggestions(persona)
                ],
            )
            for persona, (name, heading) in PROFILES.items()
        ]

    async def begin(self) -> None:
        """A fresh conversation."""
        cl.user_session.set(CONVERSATION, Conversation())

    async def end(self) -> None:
        """Forget what was said: Chainlit's own list of a session's messages would outlive the session."""
        cl.chat_context.clear()
        self._files.forget(cl.user_session.get(SAVED) or ())

    async def receive(self, message: cl.Message) -> None:
        """Answer what the reader typed."""
        await self._respond(message.content)

    async def ask_suggestion(self, action: cl.Action) -> None:
        """Ask the suggested question as if the reader had typed it, and so that it can be stopped."""
        await self._ask(str(action.payload.get("question", "")))

    async def take_back(self, action: cl.Action) -> None:
        """Ask again without one constraint of a reply's list."""
        turn, field = _turn_of(action), str(action.payload.get("field", ""))
        chips = {chip.field: chip for chip in turn.wanted.removable} if turn and turn.wanted else {}
        if turn is None or turn.wanted is None or field not in chips:
            return
        words = say("label_without", turn.answer.language, words=chips[field].words)
        await self._ask(words, language=turn.answer.language, wanted=turn.wanted.without(field))

    async def _ask(self, question: str, **options: Any) -> None:
        """Show a question as the reader's own and answer it; it can be stopped like a typed one."""
        cl.context.session.current_task = asyncio.current_task()
        await cl.context.emitter.task_start()
        try:
            asked = await cl.Message(content=question, type="user_message", author="User").send()
            async with cl.Step(name="on_message", type="run", parent_id=asked.id):
                await self._respond(question, **options)
        finally:
            await cl.context.emitter.task_end()

    async def rate(self, action: cl.Action) -> None:
        """Keep what the reader thinks of a reply; after a "no" the reason is asked, with the rating kept."""
        conversation: Conversation = cl.user_session.get(CONVERSATION) or Conversation()
        name, place = str(action.payload.get("id", "")), action.payload.get("turn")
        helpful, reason = action.payload.get("helpful") is True, str(action.payload.get("reason", ""))
        if not self._assistant.settings.feedback or reason not in ("", *REASONS):
            return
        if not isinstance(place, int) or not 0 <= place < len(conversation.turns):
            return
        turns = conversation.turns[: place + 1]
        rating = Feedback(
            id=name,
            turns=tuple(turn.question for turn in turns),
            answer=turns[-1].answer,
            helpful=helpful,
            reason=reason,
        )
        try:
            await asyncio.to_thread(append_feedback, self._assistant.settings.feedback_file, rating)
        except AssistantError as error:
            await cl.Message(content=str(error)).send()
            return
        why = [] if helpful or reason else [_rating(name, place, False, each) for each in REASONS]
        thanks = "Thank you. What was wrong with it?" if why else "Thank you."
        await cl.Message(content=thanks, actions=why).send()

    async def save(self, action: cl.Action) -> None:
        """Make the reply of a turn a file; public/chat.js fetches it as soon as it is shown."""
        turn = _turn_of(action)
        form = next((form for form in FORMS if form == action.payload.get("form")), None)
        if turn is None or form is None:
            return
        language = turn.answer.language
        try:
            file = await asyncio.to_thread(self._assistant.take_away, turn.answer, form, wanted=turn.wanted)
        except AssistantError as error:
            await cl.Message(content=escape(str(error))).send()
            return
        key = self._files.add(file)
        cl.user_session.set(SAVED, [*(cl.user_session.get(SAVED) or ()), key])
        await cl.Message(
            content=" ".join([say("saved", language), *file.notes]),
            elements=[cl.File(name=file.name, url=f"{FILES}{key}", mime=file.media_type, display="inline")],
        ).send()

    async def open_document(self, data: object) -> None:
        """Show the page that a citation links to beside the conversation.

        Args:
            data: Any window message of the page; ours is `{"openDocument": link}`.
        """
        place = parse_document_url(data.get("openDocument")) if isinstance(data, dict) else None
        if place is None or self._assistant.document_file(place[0]) is None:
            return
        document, page = place
        title = f"{_title_of(document)}, {place_in(document, page)}"
        url = f"{DOCUMENTS}{quote(document)}"
        viewer: cl.Pdf | cl.Text
        if is_pdf(document):
            viewer = cl.Pdf(name=title, url=url, page=page, display="side")
        else:
            viewer = cl.Text(name=title, url=f"{url}?page={page}", display="side")
        await cl.context.emitter.emit("set_sidebar_title", title)
        await cl.context.emitter.emit(
            "set_sidebar_elements", {"elements": [viewer.to_dict()], "key": str(uuid4())}
        )

    async def _respond(self, question: str, **options: Any) -> None:
        if not question.strip() or len(question) > LONGEST_QUESTION:
            await cl.Message(
                content=f"Please ask in up to {LONGEST_QUESTION} characters; this was {len(question)}."
            ).send()
            return
        try:
            await self._stream(question, **options)
        except AssistantError as error:
            await cl.Message(content=f"I cannot answer just now: {error}").send()
        except Exception:
            log.exception("a question failed")
            await cl.Message(
                content="Something went wrong on my side, so I cannot answer this. The conversation goes on: "
                "ask again, or in other words."
            ).send()

    async def _stream(self, question: str, **options: Any) -> None:
        conversation: Conversation = cl.user_session.get(CONVERSATION) or Conversation()
        cl.user_session.set(CONVERSATION, conversation)
        persona = _persona()
        message = cl.Message(content="")
        answer: Answer | None = None
        async with cl.Step(name="Looking it up", type="tool") as step:
            async for event in from_thread(
                lambda: self._assistant.stream(
                    question, conversation=conversation, persona=persona, **options
                )
            ):
                match event:
                    case StepEvent(name, detail, ms):
                        await step.stream_token(f"- **{name}** ({ms:.0f} ms) {escape(detail)}\n")
                    case TextEvent(text):
                        await message.stream_token(text)
                    case AnswerEvent():
                        answer = event.answer
                        step.name = f"How I looked this up ({_seconds(answer):.1f} s)"
        if answer is not None:
            ratings = []
            if self._assistant.settings.feedback and answer.status in ("complete", "partial", "not_found"):
                name, turn = str(uuid4()), len(conversation.turns) - 1
                ratings = [_rating(name, turn, True), _rating(name, turn, False)]
            place = len(conversation.turns) - 1
            further = [*_chips(conversation.turns[place], place), *_savings(answer, place), *ratings]
            await _finish_message(message, answer, further)


def _seconds(answer: Answer) -> float:
    return answer.timings_ms.get("total", 0.0) / 1000


def _rating(name: str, turn: int, helpful: bool, reason: str = "") -> cl.Action:
    """A button that rates the reply of a turn."""
    label = reason.capitalize() or ("Helpful" if helpful else "Not helpful")
    return cl.Action(
        name=RATE,
        label=label,
        tooltip="Keeps this conversation so far, for improving the answers",
        icon="" if reason else "thumbs-up" if helpful else "thumbs-down",
        payload={"id": name, "turn": turn, "helpful": helpful, "reason": reason},
    )


def _chips(turn: Turn, place: int) -> list[cl.Action]:
    """A button for each constraint of a list of offers, which takes it back."""
    if turn.wanted is None or turn.wanted.need.type != "opportunity":
        return []
    return [
        cl.Action(
            name=TAKE_BACK,
            label=chip.words,
            tooltip=say("label_without", turn.answer.language, words=chip.words),
            icon="x",
            payload={"turn": place, "field": chip.field},
        )
        for chip in turn.wanted.removable
    ]


def _savings(answer: Answer, turn: int) -> list[cl.Action]:
    """A button for each kind of file that the reply of a turn can become."""
    if not (answer.citations or answer.opportunities or answer.partnerships):
        return []
    return [
        cl.Action(
            name=SAVE,
            label=say(f"save_{form}", answer.language),
            icon=ICONS[form],
            payload={"turn": turn, "form": form},
        )
        for form in FORMS
        if form != "ics" or has_dates(answer, date.today())
    ]


def _turn_of(action: cl.Action) -> Turn | None:
    """The turn of this conversation that an action belongs to."""
    conversation: Conversation = cl.user_session.get(CONVERSATION) or Conversation()
    place = action.payload.get("turn")
    if not isinstance(place, int) or not 0 <= place < len(conversation.turns):
        return None
    return conversation.turns[place]


async def _finish_message(message: cl.Message, answer: Answer, further: list[cl.Action]) -> None:
    """Replace the streamed text with the verified reply, its links, its sources and what to ask next."""
    message.content = to_markdown(answer)
    message.actions = [
        *(
            cl.Action(name=ASK, label=question, payload={"question": question})
            for question in answer.suggestions
        ),
        *further,
    ]
    await (message.update() if message.streaming else message.send())


def _persona() -> Persona | None:
    chosen = cl.user_session.get("chat_profile")
    return next((persona for persona in PROFILES if persona == chosen), None)


def _title_of(document: str) -> str:
    """The title under which this conversation cited `document`, else its path."""
    conversation: Conversation = cl.user_session.get(CONVERSATION) or Conversation()
    cited = (citation for turn in conversation.turns for citation in turn.answer.citations)
    return next((citation.title for citation in cited if citation.document == document), document)
