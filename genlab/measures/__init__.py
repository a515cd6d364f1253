"""How good samples are, in numbers: likeness, diversity and memorisation, as a small classifier of the data sees them.

judge = measures.classifier(data.train.images, data.train.labels, name="faces")
measures.frechet_distance(judge, samples, data.test.images)   # how far from the real ones
measures.diversity(judge, samples)                            # how different from one another
measures.memorisation(samples, data.train.images)             # copied, or made

The distances are those of this classifier's features, which differ from data set to data set: compare numbers of one
judge only, and always look at the pictures as well.
"""

from genlab.measures.frechet import frechet_distance, frechet_of_gaussians
from genlab.measures.judge import Classifier, classifier
from genlab.measures.resampling import Measured
from genlab.measures.samples import Diversity, Memorisation, diversity, memorisation

__all__ = [
    "Classifier",
    "Diversity",
    "Measured",
    "Memorisation",
    "classifier",
    "diversity",
    "frechet_distance",
    "frechet_of_gaussians",
    "memorisation",
]
