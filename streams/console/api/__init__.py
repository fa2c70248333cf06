"""``/api/v1``: what platforms, parties, reviewers and auditors call."""
