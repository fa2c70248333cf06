"""The commands `case …`, and how they print a case."""
