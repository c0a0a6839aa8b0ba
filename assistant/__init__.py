"""Answers about the EU Pact for Skills, each sentence proved with a page.

`Assistant` is the one way in: the command line, the web page, the batch runner
and the evaluation all ask it and show the same `Answer`.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Answer", "Assistant", "Conversation", "Settings", "__version__"]

if TYPE_CHECKING:
    from assistant.answers import Answer
    from assistant.conversation import Conversation
    from assistant.facade import Assistant
    from assistant.settings import Settings

_HOMES = {
    "Answer": "assistant.answers",
    "Assistant": "assistant.facade",
    "Conversation": "assistant.conversation",
    "Settings": "assistant.settings",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `--help` stays instant."""
    if name not in _HOMES:
        raise AttributeError(f"module 'assistant' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
