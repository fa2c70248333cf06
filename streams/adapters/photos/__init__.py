"""Photo processes: a pool that can end a hung decode, and what runs in it."""
