"""Workers with one fault in them: a test that passes with one of these finds nothing."""
