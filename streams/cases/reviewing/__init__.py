"""What reviewers do with a case: who gets it, the verdict, its reasons, and what it recommends."""
