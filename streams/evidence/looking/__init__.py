"""One look at a photo, a video or a collage: what it shows, its parts, and what is kept of them."""
