"""What a contact brings: cases, learners, estimators, and how they are judged."""
