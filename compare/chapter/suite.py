"""Chapter 4 as the suite that the engine is handed."""

from ..suite.component import PortSpec
from ..suite.suite import Suite
from ..suite.user_code import UserCodeRules
from .adapters import PARAMS
from .cases import generate_cases, generate_sized_cases
from .cases.short import SHORT_INPUTS
from .contract import COMPONENTS, GATES, MUTABLE_INPUTS
from .faults import FAULTS, PARAMETRIC_FAULTS
from .run_conventions import run_conventions
from .training_task import ChapterTraining
from .user_code.adopt import adopt
from .user_code.book_modules import (
    BOOK_MODULES,
    KERAS_DATA_MODULES,
    OPTIONAL_MODULES,
    serve_embedded_digits,
)

KERAS, IDIOMATIC = "trueport.keras_impl", "trueport.compare.chapter.idiomatic"
PORTS = (
    PortSpec("reference", "trueport.reference", "numpy", ("numpy",), widens=True),
    PortSpec("torch", "trueport.torch_impl", "torch", ("torch",), widens=True),
    PortSpec("keras", KERAS, "keras", ("keras", "tensorflow", "pandas"), widens=True),
    PortSpec("keras[torch]", KERAS, "keras[torch]", ("keras", "torch", "pandas"), widens=True),
    PortSpec("keras[jax]", KERAS, "keras[jax]", ("keras", "jax", "pandas"), widens=True),
    PortSpec("torch-idiomatic", f"{IDIOMATIC}.torch_port", "torch", ("torch",)),
    PortSpec("keras-idiomatic", f"{IDIOMATIC}.keras_port", "keras", ("keras", "tensorflow"), True),
)

CHAPTER = Suite(
    location="trueport.compare.chapter.suite:CHAPTER",
    truth="trueport.reference",
    ports={port.name: port for port in PORTS},
    gates=GATES,
    components=COMPONENTS,
    mutable_inputs=MUTABLE_INPUTS,
    parameters=PARAMS,
    updates=("one update", "two updates", "short training"),
    cases=generate_cases,
    sized_cases=generate_sized_cases,
    short_inputs=SHORT_INPUTS,
    faults=FAULTS,
    user_code=UserCodeRules(
        adopt=adopt,
        examples="softmax, cross_entropy_error, TwoLayerNet",
        modules=BOOK_MODULES,
        data_modules=KERAS_DATA_MODULES,
        optional_modules=OPTIONAL_MODULES,
        serve_data=serve_embedded_digits,
    ),
    run_conventions=run_conventions,
    parametric_faults=PARAMETRIC_FAULTS,
    second_faults=("F77", "F27"),
    task=ChapterTraining(),
    other_optimizers=frozenset({"F38", "F21", "T03"}),
)
