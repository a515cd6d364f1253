"""YAML is read fast, and what is wrong with it is said as PyYAML says it."""

import pytest
import yaml

from genlab import fast_yaml, paths


def test_it_reads_what_pyyaml_reads():
    text = paths.find("course.yml").read_text(encoding="utf-8")
    assert fast_yaml.load(text) == yaml.safe_load(text)
    ours, theirs = fast_yaml.compose(text), yaml.compose(text, Loader=yaml.SafeLoader)
    assert yaml.serialize(ours) == yaml.serialize(theirs) and ours.end_mark.line == theirs.end_mark.line
    assert fast_yaml.load("") is None and fast_yaml.compose("") is None


@pytest.mark.parametrize("read", [fast_yaml.load, fast_yaml.compose])
@pytest.mark.parametrize("text", ["a: [1", "a: b: c", "x:\n\t- 1", "a: &x\n*y"])
def test_errors_have_the_words_and_lines_of_pyyaml(read, text):
    with pytest.raises(yaml.YAMLError) as theirs:
        yaml.safe_load(text)
    with pytest.raises(yaml.YAMLError) as ours:
        read(text)
    assert str(ours.value) == str(theirs.value)
