"""A claim laid over one reference: whether it was made from it, and where it is not the same."""
