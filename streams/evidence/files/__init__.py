"""From a file's bytes to pixels: what a file is, how much of it is read, and the pictures decoded from it."""
