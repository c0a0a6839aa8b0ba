"""The chat in the browser: Chainlit's page, behind our own door.

    browser ─▶ gate ─▶ our routes (page, documents, public files, health)
                  └──▶ Chainlit, for the few paths that a conversation needs
                              └─▶ chat ─▶ `assistant.facade.Assistant`

home       prepares the folder and the environment that Chainlit reads on import
page       the HTML page: Chainlit's own bundle and our files, nothing from another host
gate       who may speak to us, which paths exist, how large a request may be, security headers
guard      refuses session ids that are not UUIDs
citations  Markdown with clickable [n] and the list of sources
files      files that were made for a reader, until they are fetched
streaming  a generator that runs in a thread, read from a coroutine
chat       the Chainlit handlers
server     puts all of it together and serves it
"""
