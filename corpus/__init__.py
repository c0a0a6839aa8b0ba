"""The documents shipped with the assistant: readable sources and the builder that typesets them as PDFs."""
