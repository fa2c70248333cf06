"""What users can measure on their own machines. Every figure is printed beside its yardstick, from the same run."""
