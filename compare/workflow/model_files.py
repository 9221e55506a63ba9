"""Which files hold models: those that are compared as such, and those that are never loaded."""

from pathlib import Path

from ..ports.user_code.detect import detect_framework
from ..ports.user_code.errors import TargetError
from ..ports.user_code.target import Target, parse_target

WEIGHTS_SUFFIXES = (
    *(".pt", ".pth", ".ckpt", ".bin", ".safetensors", ".h5", ".hdf5", ".keras", ".pkl", ".pickle"),
    *(".onnx", ".joblib"),
)


def refuse_weights(text: str) -> None:
    """Raise ValueError for a file of weights or a pickle."""
    path = Path(text)
    if path.suffix in WEIGHTS_SUFFIXES and path.exists():
        raise ValueError(
            f"{text} holds weights or a pickled model, and trueport loads none (a pickle runs "
            "whatever it holds): give a Python file with a function without arguments, as "
            "make_model(), that makes the model and loads them"
        )


def has_models(reference: str) -> bool:
    """Whether a reference is compared as a model: it computes in a framework. Runs nothing."""
    return find_framework(parse_target(reference)) != "numpy"


def find_framework(target: Target) -> str:
    """Return what a file computes in, "numpy" for one that cannot be read. Runs nothing."""
    if target.path is None or not target.path.endswith(".py"):
        return "numpy"
    try:
        return detect_framework(Path(target.path), target.name).framework
    except TargetError:  # its own process says what is wrong
        return "numpy"
