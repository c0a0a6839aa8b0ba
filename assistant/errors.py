"""Everything that this package raises on purpose.

AssistantError                 one line for the reader, exit status 1
├── SettingsError              a setting is unknown, malformed or contradictory
├── DocumentError              one document cannot be read; the others go on
│   ├── EncryptedDocumentError
│   ├── DamagedDocumentError
│   ├── EmptyDocumentError     no pages, or no text layer on any page
│   └── DocumentLimitError     too large, too many pages, too slow or too much memory
├── SearchIndexError           the index as a whole
│   ├── IndexMissingError      nothing was ingested yet
│   ├── IndexMismatchError     built with another encoder, chunking or format
│   ├── IndexDamagedError      files are missing or unreadable
│   ├── IndexBusyError         another ingestion holds the lock
│   └── RecordDatabaseError    the PostgreSQL of the records is not set, not reachable or refuses
├── FetchError                 a document cannot be copied or downloaded into the library
├── LibraryError               the library's list is damaged or in use by another command
├── EncoderError               the encoder's files are missing or not the ones expected
├── PromptError                a prompt file is malformed, or a variable is missing or unused
├── LanguageModelError         the language model is missing, slow, cut off or failing
└── NothingToSaveError         a reply holds nothing that a file of that format could hold
"""


class AssistantError(Exception):
    """Base of all; its text says what was found, what was wanted and what to do next."""


class SettingsError(AssistantError):
    """A setting is unknown, malformed or contradictory."""


class DocumentError(AssistantError):
    """One document cannot be read. `reason` is a short code for reports."""

    reason = "unreadable"


class EncryptedDocumentError(DocumentError):
    """The document needs a password to open."""

    reason = "encrypted"


class DamagedDocumentError(DocumentError):
    """The file is not a readable document of its type."""

    reason = "damaged"


class EmptyDocumentError(DocumentError):
    """The document has no pages or no text layer (scanned images, for example)."""

    reason = "no text"


class DocumentLimitError(DocumentError):
    """The document is over a limit of size, pages, time or memory."""

    reason = "over limit"


class SearchIndexError(AssistantError):
    """Base of what can be wrong with the index."""


class IndexMissingError(SearchIndexError):
    """Nothing was ingested into this data folder yet."""


class IndexMismatchError(SearchIndexError):
    """The index was built with another encoder, chunking version or format."""


class IndexDamagedError(SearchIndexError):
    """Files of the index are missing or unreadable."""


class IndexBusyError(SearchIndexError):
    """Another ingestion holds the lock."""


class RecordDatabaseError(SearchIndexError):
    """The PostgreSQL that holds the records is not set, not reachable or refuses."""


class FetchError(AssistantError):
    """A document cannot be copied or downloaded into the library."""


class LibraryError(AssistantError):
    """The library's list is damaged or in use by another command."""


class EncoderError(AssistantError):
    """The encoder's files are missing or are not the ones expected."""


class PromptError(AssistantError):
    """A prompt file is malformed, or a variable is missing or unused."""


class LanguageModelError(AssistantError):
    """The language model is missing, slow, cut off or failing."""


class NothingToSaveError(AssistantError):
    """A reply holds nothing that a file of that format could hold; its text is in the reader's language."""
