"""One generation of the index: documents, pages, chunks and full text in SQLite, vectors in Chroma."""
