"""How much the names of two layers say that they are the same one."""

import re
from functools import lru_cache

_WORDS = {
    **dict.fromkeys(("q", "wq", "query", "queries", "qproj"), "query"),
    **dict.fromkeys(("k", "wk", "key", "keys", "kproj"), "key"),
    **dict.fromkeys(("v", "wv", "value", "values", "vproj"), "value"),
    **dict.fromkeys(("o", "wo", "out", "output", "oproj"), "output"),
    **dict.fromkeys(("downsample", "shortcut", "skip", "residual", "identity"), "shortcut"),
    **dict.fromkeys(("attn", "attention", "mha", "sa", "selfattention"), "attention"),
    **dict.fromkeys(("mlp", "ffn", "ff", "feedforward", "intermediate"), "mlp"),
    **dict.fromkeys(("fc", "linear", "dense", "lin", "proj"), "dense"),
    **dict.fromkeys(("conv", "conv2d", "convolution", "conv1d", "conv3d"), "convolution"),
    **dict.fromkeys(("bn", "batchnorm", "batch", "normalization"), "batch norm"),
    **dict.fromkeys(("ln", "layernorm", "norm", "layer_norm"), "norm"),
    **dict.fromkeys(("emb", "embed", "embedding", "embeddings"), "embedding"),
    **dict.fromkeys(("classifier", "head", "predictions", "logits", "fcout"), "head"),
    **dict.fromkeys(("gate", "w1"), "gate"),
    **dict.fromkeys(("pos", "position", "positional", "wpe"), "position"),
    **dict.fromkeys(("tok", "token", "wte", "word"), "token"),
    **dict.fromkeys(("dw", "depthwise"), "depthwise"),
    **dict.fromkeys(("pw", "pointwise"), "pointwise"),
    **dict.fromkeys(("encoder", "enc"), "encoder"),
    **dict.fromkeys(("decoder", "dec"), "decoder"),
}
# words whose absence on the other side says that the layers are not the same
_TELLING = frozenset(
    (
        *("query", "key", "value", "output", "shortcut", "head", "gate", "position", "token"),
        *("up", "down", "depthwise", "pointwise", "encoder", "decoder", "forward", "backward"),
    )
)
_MISMATCH = 1.0
_NUMBER = 0.05


def compare_names(one: tuple[str, str], other: tuple[str, str]) -> float:
    """Return the cost of two layers being one, by their names: 0 if names say nothing against it.

    one, other: a layer's name and its type.
    """
    words, others = _read_words(*one), _read_words(*other)
    if words is None or others is None:
        return 0.0
    cost = _compare_words(words & _TELLING, others & _TELLING)
    return cost + _NUMBER * (_read_number(one[0]) != _read_number(other[0]))


@lru_cache(maxsize=10_000)
def _compare_words(words: frozenset[str], others: frozenset[str]) -> float:
    return _MISMATCH * len(words ^ others) / max(len(words | others), 1)


def is_telling(name: str, type_name: str, word: str) -> bool:
    """Whether a layer's name has this word, in any spelling."""
    return word in (_read_words(name, type_name) or ())


@lru_cache(maxsize=10_000)
def _read_words(name: str, type_name: str) -> frozenset[str] | None:
    """Return the words of a name in one spelling; None for one that was made from the class."""
    own = type_name.rpartition(".")[2]
    made = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", own).lower()
    last = re.split(r"[./]", name)[-1]
    if re.fullmatch(rf"{re.escape(made)}(_\d+)?|\d*", last) and not re.search(r"[./]", name):
        return None
    words = {_WORDS.get(word, word) for word in re.findall(r"[a-z]+", _split_case(name))}
    words |= {"shortcut"} if re.search(r"_0_(conv|bn)$", name) else set()
    return frozenset(words)


def _split_case(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


@lru_cache(maxsize=10_000)
def _read_number(name: str) -> str:
    """Return the last number in a name, "" if it has none."""
    numbers = re.findall(r"\d+", name)
    return numbers[-1] if numbers else ""
