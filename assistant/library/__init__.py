"""The reader's own documents: fetched politely, kept with their checksums, and reported on."""
