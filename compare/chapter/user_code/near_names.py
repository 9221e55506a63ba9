"""What a name that is none of the contract's may be meant for."""

import re

from .spellings import CLASS_SPELLINGS, FUNCTION_SPELLINGS, normalise_name

# Words that make another thing of a name: the derivative of a softmax is no softmax.
OTHER_THINGS = {
    "grad", "gradient", "gradients", "prime", "derivative", "deriv", "derivation", "backward",
    "backprop", "loss", "plot", "test", "check", "print", "show", "demo", "layer", "with", "and",
    "regression", "classifier", "model", "example", "run", "main", "compare", "d", "dx", "diff",
    "inverse", "log", "hard", "grads", "delta", "binary", "weighted", "absolute", "focal",
    "conv", "cnn", "convolutional", "rnn", "lstm", "array",
}  # fmt: skip
COMMON_WORDS = {"train", "net", "network", "model", "nn", "mlp", "gd", "score"}  # of any file
SHORT_NAME = 10  # up to here one letter may be wrong, beyond it two
LEAST_LENGTH = 6  # of a name in which a slip can be told from another name


def suggest_contract_name(name: str) -> tuple[str, bool]:
    """Return the contract's name that a name may be meant for, or "", and whether by a slip.

    >>> suggest_contract_name("cross_entrophy_error"), suggest_contract_name("softmax_enh")
    (('cross_entropy_error', True), ('softmax', False))
    >>> suggest_contract_name("softmax_grad")
    ('', False)
    """
    table = FUNCTION_SPELLINGS | CLASS_SPELLINGS
    plain = normalise_name(name)
    for wanted, others in table.items():
        if any(is_slip(plain, normalise_name(other)) for other in (wanted, *others)):
            return wanted, True
    words = split_words(name)
    found = [
        (len(split_words(other)), wanted)
        for wanted, others in table.items()
        for other in (wanted, *others)
        if is_variant(words, split_words(other))
    ]
    return max(found, key=lambda pair: pair[0], default=(0, ""))[1], False


def split_words(name: str) -> list[str]:
    """Return the words of a name, in lower case.

    >>> split_words("TwoLayerNet_v2")
    ['two', 'layer', 'net', 'v2']
    """
    return re.findall(r"[a-z]+\d*|\d+[a-z]*", re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower())


def is_slip(name: str, spelling: str) -> bool:
    """Whether a name is a spelling but for a letter or two."""
    if len(spelling) < LEAST_LENGTH or name == spelling or re.search(r"\d", name):
        return False
    return count_slips(name, spelling) <= (1 if len(spelling) < SHORT_NAME else 2)


def is_variant(words: list[str], spelling: list[str]) -> bool:
    """Whether a name is a spelling with more words, or the beginning of one."""
    if len(spelling) == 1 and spelling[0] in COMMON_WORDS:
        return False
    bare = [re.sub(r"\d+$", "", word) for word in words]
    more = [word for word in bare if word and word not in spelling]
    if set(spelling) <= set(bare) and not OTHER_THINGS & set(more):
        return True
    return len(words) >= 2 and words == spelling[: len(words)] and spelling[-1] == "error"


def count_slips(a: str, b: str) -> int:
    """Return how many letters were left out, put in, changed or swapped with their neighbour.

    >>> count_slips("entrophy", "entropy"), count_slips("tow", "two")
    (1, 1)
    """
    rows = [list(range(len(b) + 1))]
    for i, left in enumerate(a, 1):
        row = [i]
        for j, right in enumerate(b, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (left != right))
            if i > 1 and j > 1 and (left, right) == (b[j - 2], a[i - 2]):
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
