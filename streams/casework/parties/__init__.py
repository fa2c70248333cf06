"""Use cases of merchants and buyers: statements, evidence sent later, a person asked for, progress."""
