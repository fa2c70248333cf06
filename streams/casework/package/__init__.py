"""The evidence package: one file that shows what was submitted, compared and decided, and proves it by itself."""
