"""The media store and the evidence store: folders, S3 and HTTPS."""
