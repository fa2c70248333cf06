"""Every text that people read, in Chinese and English, and how it is folded to a screen."""
