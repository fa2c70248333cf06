"""One module per revision, never changed once it was released."""
