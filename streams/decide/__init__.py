"""Use case: judge one batch of evidence in one transaction."""
