"""Pages about graded work: feedback for each student, and one report about the class for the instructor."""
