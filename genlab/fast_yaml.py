"""YAML by libyaml, where PyYAML came with it, at a seventh of the time; what is wrong is said by PyYAML's own parser, which says more."""

from __future__ import annotations

from typing import Any

import yaml

FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def compose(text: str) -> yaml.Node | None:
    """The document's nodes, with their lines; None for an empty one. Raises yaml.YAMLError."""
    try:
        return yaml.compose(text, Loader=FAST)
    except yaml.YAMLError:
        return yaml.compose(text, Loader=yaml.SafeLoader)


def load(text: str) -> Any:
    """The document's data. Raises yaml.YAMLError."""
    try:
        return yaml.load(text, Loader=FAST)
    except yaml.YAMLError:
        return yaml.load(text, Loader=yaml.SafeLoader)
