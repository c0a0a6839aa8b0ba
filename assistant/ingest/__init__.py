"""From PDF files to a new generation of the index."""
