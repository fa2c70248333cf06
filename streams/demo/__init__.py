"""The demo: real photographs, forgeries of them, and a day of refund requests over both, run on this machine."""

DEFAULT_REQUESTS = 220
LEAST_REQUESTS = 120
"""Fewer leave no room for honest ones beside the stories."""
