"""What can be wrong with a message."""


class ContractError(Exception):
    """A message breaks its contract; the text says which field and how, and never quotes content of the message."""
