"""Pages and API: a door. It finds out who asks, calls a use case, and says what came of it; no rule lives here."""
