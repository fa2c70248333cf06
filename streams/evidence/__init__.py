"""What photos say: pure functions from bytes and arrays to readings. Nothing here fetches, stores or judges."""
