"""Webhooks: what happens to cases, posted to addresses of the platform, signed, repeated until it is taken."""
