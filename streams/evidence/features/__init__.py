"""What is kept of a photo to find it again (fingerprints, corners, light and shade), and how it is matched."""
