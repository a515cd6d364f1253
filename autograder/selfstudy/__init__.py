"""Self-study in the terminal: files watched, answers judged by a warm process, verdicts shown on every save."""
