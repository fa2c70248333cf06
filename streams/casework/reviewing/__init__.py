"""Use cases of reviewers: the next case, leases and drafts, verdicts, and the deadlines that pass."""
