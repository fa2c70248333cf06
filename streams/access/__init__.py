"""Who may do what through the doors: roles, API keys, platforms' tokens, and answers that are given only once."""
