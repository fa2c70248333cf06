"""Use cases of people: what they find out about cases and photos, each one transaction over ports."""
