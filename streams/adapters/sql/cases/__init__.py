"""Cases as rows: ``apply.py`` alone writes them, the rest reads, or writes what stands beside them."""
