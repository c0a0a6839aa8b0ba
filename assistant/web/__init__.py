"""The web page: Chainlit and what it needs to be safe and to work offline."""
