"""The composer that lets a language model word the answer, and nothing more.

The model sees numbered passages and must end each sentence with the number of the one that says it. From
what it writes only sentences with such a number become claims, and their quotes are cut from the passages
here, so neither a wrong model nor an instruction hidden in a passage can bring in a source of its own.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import chain

from assistant.answering.budget import pack
from assistant.answering.chat_model import stream_reply
from assistant.answering.claims import Claim, Question
from assistant.answering.reply import ReplyReader, without_markers
from assistant.answering.support import QuoteFinder
from assistant.answers import Usage
from assistant.errors import LanguageModelError
from assistant.prompts.fence import fence, new_marker
from assistant.prompts.loader import RenderedPrompt, load_prompt
from assistant.retrieval.passages import Passage
from assistant.settings import Settings

ABSTENTION = "Not in the documents"
HISTORY_TURNS = 3
HISTORY_CHARACTERS = 300
"""Of each question and each reply; enough to know what "it" is."""

_LANGUAGE_NAMES = {
    "bg": "Bulgarian", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English",
    "es": "Spanish", "et": "Estonian", "fi": "Finnish", "fr": "French", "ga": "Irish", "hr": "Croatian",
    "hu": "Hungarian", "it": "Italian", "lt": "Lithuanian", "lv": "Latvian", "mt": "Maltese", "nl": "Dutch",
    "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "sk": "Slovak", "sl": "Slovenian", "sv": "Swedish",
    "uk": "Ukrainian",
}  # fmt: skip
_READERS = {
    "worker": "a worker who looks for training",
    "sme": "the person for staff matters in a small firm",
    None: "a worker or someone from a small firm",
}


class LanguageModelComposer:
    """Claims in the words of the chat model that the settings name."""

    def __init__(self, settings: Settings) -> None:
        """Opens nothing yet: a wrong name or a missing package is an error of `compose`.

        Raises:
            LanguageModelError: `settings.llm` is empty.
            PromptError: the packaged prompt is damaged.
        """
        if not settings.llm:
            raise LanguageModelError(
                "no language model is named; set ASSISTANT_LLM, for example ollama:qwen3"
            )
        self._settings = settings
        self._prompt = load_prompt("answer")
        self.name = settings.llm
        self.prompt_hash = self._prompt.hash

    def compose(
        self,
        question: Question,
        passages: Sequence[Passage],
        *,
        on_usage: Callable[[Usage], None] = lambda usage: None,
    ) -> Iterator[Claim]:
        """Claims as the model's sentences are complete; none when it says that the passages do not answer.

        Raises:
            LanguageModelError: the model cannot be used, fails, is too slow, breaks off, says nothing, or
                says something of which no sentence can be tied to a passage.
        """
        packed = pack(passages, budget_tokens=self._settings.budget_tokens, text_of=_measured)
        if not packed:
            return
        finder = QuoteFinder(packed, question.language)
        reader = ReplyReader(question.language)
        has_claimed = False
        prompt = self._render(question, packed)
        with closing(stream_reply(self._settings, prompt, on_usage=on_usage)) as pieces:
            for sentence in chain(chain.from_iterable(map(reader.feed, pieces)), reader.finish()):
                cited = [number for number in sentence.numbers if 1 <= number <= len(packed)]
                if quotes := finder.find(sentence.text, cited):
                    is_lead = not has_claimed and sentence.layout == "sentence"
                    has_claimed = True
                    yield Claim(sentence.text, quotes, "lead" if is_lead else sentence.layout)
        if not has_claimed and ABSTENTION.casefold() not in reader.reply.casefold():
            problem = "wrote nothing that a passage proves" if reader.reply.strip() else "said nothing"
            raise LanguageModelError(f"{self.name} {problem}; ask again or take another model")

    def _render(self, question: Question, passages: Sequence[Passage]) -> RenderedPrompt:
        texts = [passage_text(passage) for passage in passages]
        history = _history(question)
        marker = new_marker([*texts, history, question.text])
        return self._prompt.render(
            reader=_READERS[question.persona],
            language=_LANGUAGE_NAMES.get(question.language, f"the language {question.language}"),
            marker=marker,
            history=fence("earlier messages", history, marker) if history else "(nothing)",
            passages="\n\n".join(
                fence(f"passage {number}", text, marker) for number, text in enumerate(texts, start=1)
            ),
            question=question.text,
        )


def passage_text(passage: Passage) -> str:
    """The passage as the model sees it: title and page, headings, column names, then the page's text."""
    lines: list[str] = []
    place = None
    for chunk in passage.chunks:
        here = (f"{passage.document.title}, page {chunk.page_number}", " > ".join(chunk.section))
        if here != place:
            lines += [line for line in here if line]
            place = here
        columns = dict.fromkeys(name for block in chunk.blocks for name in block.columns if name)
        lines += [f"Columns: {', '.join(columns)}", chunk.text] if columns else [chunk.text]
    return "\n".join(lines)


def _measured(passage: Passage) -> str:
    return fence("passage 99", passage_text(passage), "0" * 16)


def _history(question: Question) -> str:
    """The last turns, shortened; their markers number other passages, so they go."""
    return "\n".join(
        f"Question: {_shortened(asked)}\nReply: {_shortened(without_markers(replied))}"
        for asked, replied in question.history[-HISTORY_TURNS:]
    )


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= HISTORY_CHARACTERS else f"{text[: HISTORY_CHARACTERS - 1]}…"
