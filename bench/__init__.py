"""Speed of ingestion and queries, ours beside the plain LangChain pipeline."""
