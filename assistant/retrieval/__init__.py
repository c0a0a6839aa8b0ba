"""From a question to passages: encode, search dense and lexical, fuse, merge neighbours."""
