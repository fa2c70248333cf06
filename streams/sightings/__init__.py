"""Earlier photos: nearest neighbours among 256-bit fingerprints, answered as of a position in the log."""
