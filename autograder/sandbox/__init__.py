"""What runs inside: a warm server that forks one locked-in child per submission. Nothing here knows what is right.

The grader stages this package, the probes and `genlab` in a folder of their own (`autograder.engine.stage`), so neither the
memory nor the file system of a child holds judges, oracles, misconceptions, seeds or solutions.
"""
