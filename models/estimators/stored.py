"""A fitted classifier as text and back, by skops: nothing in it is run, and it has classes of scikit-learn only.

skops itself knows which of them are harmless. Trees it does not trust, since one that was changed could lead a
prediction out of its memory: those that are read here are looked at first.
"""

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np

# skops is imported where it is used: most models are trees of LightGBM, and who loads those need not wait for it.
TREE = "sklearn.tree._tree.Tree"
HISTOGRAM_TREE = "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"
TRUSTED = [TREE, HISTOGRAM_TREE, "sklearn.neural_network._stochastic_optimizers.AdamOptimizer"]


def classifier_to_text(classifier: Any) -> str:
    """The classifier as letters and digits."""
    import skops.io

    return base64.b64encode(skops.io.dumps(classifier)).decode("ascii")


def classifier_from_text(text: str) -> Any:
    """The classifier again. ValueError where the text is none, has a class that could run code, or a tree that leads
    out of itself."""
    import skops.io

    try:
        content = base64.b64decode(text, validate=True)
        unknown = set(skops.io.get_untrusted_types(data=content)) - set(TRUSTED)
        classifier = None if unknown else skops.io.loads(content, trusted=TRUSTED)
    except Exception as error:  # a file that was changed makes it stumble anywhere
        raise ValueError(f"it is no stored classifier: {error}") from None
    if unknown:
        raise ValueError(f"it has {', '.join(sorted(unknown))}, and loading that could run code")
    parts = list(_parts(classifier))
    columns = min((one.n_features_in_ for one in parts if hasattr(one, "n_features_in_")), default=0)
    for one in parts:
        _require_sound(one, columns)
    return classifier


def _parts(whole: Any) -> Iterator[Any]:
    """All objects that a classifier is made of."""
    waiting, seen = [whole], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list | tuple | set):
            waiting.extend(one)
        elif isinstance(one, np.ndarray):
            waiting.extend(one.ravel().tolist() if one.dtype == object else [])
        else:
            waiting.extend(getattr(one, "__dict__", {}).values())


def _require_sound(one: Any, columns: int) -> None:
    """ValueError where a tree asks for another column than there are, or where its nodes do not lead down to leaves."""
    kind = f"{type(one).__module__}.{type(one).__qualname__}"
    if kind == TREE:
        left, right, feature = one.children_left, one.children_right, one.feature
        inner = left != -1
    elif kind == HISTOGRAM_TREE:
        left, right, feature = (one.nodes[name].astype(np.int64) for name in ("left", "right", "feature_idx"))
        inner = one.nodes["is_leaf"] == 0
        if one.nodes["is_categorical"].any():
            raise ValueError("it has a tree with categories, and the features are numbers")
    else:
        return
    place = np.arange(len(left))
    leads_down = (left > place) & (right > place) & (left < len(left)) & (right < len(left))
    if not len(left) or not (leads_down & (feature >= 0) & (feature < columns))[inner].all():
        raise ValueError("it has a tree whose nodes do not fit each other or the features")
