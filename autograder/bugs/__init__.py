"""Code with a bug that learners are given to mend: a module per lesson, a function per exercise, named as the learner's.

`genlab build` puts the bodies into the lessons, in place of stubs. Nothing here imports the rest of `autograder`; what a body calls
of the learner's own is a stub in its module, which the lesson replaces.
"""
