"""A case's record: seals over its trail, what may be told to whom, and what is erased."""
