"""Use cases about photos: forgeries, harmless marks, searches, and the pictures that people see."""
