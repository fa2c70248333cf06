"""Use cases of those who own the rules: versions, trials on what was judged before, and explanations."""
