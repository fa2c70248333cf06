"""Use cases of credit signals: what final verdicts send to other platforms, and what is taken back."""
