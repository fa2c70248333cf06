"""Pure: the life of a case and the chain that proves what was done to it."""
