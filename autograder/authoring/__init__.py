"""From the scripts that authors write to the notebooks that students and instructors open."""
