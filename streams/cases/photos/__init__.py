"""Photos of cases: forgeries that are known, pictures that are harmless, and cases around one picture."""
