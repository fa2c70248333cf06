"""Use case: gather the evidence of one request."""
