"""The commands `policy …`."""
