"""A claim against its references and against earlier photos: readings, places, and the picture for people."""
