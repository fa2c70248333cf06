"""The demo: real photographs, forgeries of them, and a day of refund requests over both, run on this machine."""
