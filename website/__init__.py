"""The course as a static site: pages, pictures and fonts in one folder that reads well without a network.

`python -m website` builds it from course.yml, the executed solution notebooks, the data cards, docs/ and README's table.
"""
