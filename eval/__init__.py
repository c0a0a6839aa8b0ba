"""The evaluation: questions with gold, measures, a runner and a report that a sceptic can check."""
