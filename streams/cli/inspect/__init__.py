"""The command `inspect`: photos from files, compared without a broker, and how that is printed."""
