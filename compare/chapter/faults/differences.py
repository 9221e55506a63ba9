"""Faults in the difference quotient, its step and the loop over entries."""

from ...suite.fault import Fault, fix_everywhere, fix_per_framework
from .patch_points import (
    BOTH_VALUES,
    DIFF,
    FLOAT_CHECK,
    INDICES,
    MOVED_BACK,
    QUOTIENT,
    RESTORED,
    RETURN_GRADIENT,
    SAVED,
    START,
    ZEROS,
    H,
    combine_edits,
)

CENTRAL_DIFFERENCE_FIX = fix_everywhere("(f(x + h) - f(x - h)) / (2 * h) with h = 1e-4")
EVERY_ENTRY_FIX = fix_per_framework(
    "for idx in np.ndindex(x.shape)",
    "for idx in itertools.product(*map(range, x.shape))",
    "for idx in np.ndindex(tuple(x.shape))",
)

DIFFERENCE_FAULTS = (
    Fault(
        "F42",
        name="gradient_descent changes its starting point",
        kind="fault",
        does="x is init_x itself, so the caller's array moves, and a second run starts from where "
        "the first ended.",
        fix=fix_per_framework(
            "x = init_x.copy()",
            "x = init_x.clone()",
            "x = tf.convert_to_tensor(init_x): tensors are immutable.",
        ),
        edits=START("x = init_x", "x = init_x"),
    ),
    Fault(
        "F59",
        form="forward",
        name="forward difference",
        kind="fault",
        does="(f(x + h) - f(x)) / h errs by h f''(x) / 2, where the central difference errs by "
        "h^2.",
        fix=CENTRAL_DIFFERENCE_FIX,
        edits=combine_edits(
            DIFF.replace_everywhere("return (f(x + H) - f(x)) / H"),
            MOVED_BACK("x[idx] = tmp_val", "x[idx] = tmp_val", "f_at(idx, values[idx])"),
            QUOTIENT.replace_everywhere("grad[idx] = (fxh1 - fxh2) / H"),
        ),
    ),
    Fault(
        "F59",
        form="10e-4",
        name="step 10e-4",
        kind="fault",
        does="10e-4 is 1e-3, ten times the chapter's step: the central difference errs by a "
        "hundred times as much.",
        fix=fix_everywhere("h = 1e-4"),
        edits=H.replace_everywhere("H = 10e-4"),
    ),
    Fault(
        "F59",
        form="10e-50",
        name="step too small to change x",
        kind="fault",
        does="x + 10e-50 is x again: every derivative is 0, or 0 / 0 in float32.",
        fix=fix_everywhere("h = 1e-4"),
        edits=H.replace_everywhere("H = 10e-50"),
    ),
    Fault(
        "F64",
        name="rows taken for entries",
        kind="fault",
        does="The gradient's loop runs over the first axis alone and moves whole rows of a matrix "
        "at once.",
        fix=EVERY_ENTRY_FIX,
        edits=combine_edits(
            INDICES(
                "for idx in range(x.shape[0]):",
                "for idx in range(x.shape[0]):",
                "for idx in range(values.shape[0]):",
            ),
            SAVED("tmp_val = x[idx].copy()\n"),
        ),
    ),
    Fault(
        "F65",
        name="difference quotient of an integer array",
        kind="fault",
        does="In an integer array x + h is x again and x - h is x - 1: [25000 35000] for the "
        "gradient [6, 8].",
        fix=fix_per_framework(
            "Pass np.array([3.0, 4.0]).",
            "Pass torch.tensor([3.0, 4.0]).",
            "Pass keras.ops.array([3.0, 4.0]).",
        ),
        edits=FLOAT_CHECK("if False:", "if False:"),  # TensorFlow does not mix dtypes
    ),
    Fault(
        "F72",
        name="closure that never sees the step",
        kind="fault",
        does="A copy of the weights is moved, while f ignores its argument and reads the network's "
        "own: the gradient is exactly 0.",
        fix=fix_per_framework(
            "Move x itself, as section 4.4.2 needs, or let f use its argument.",
            "Move the parameter itself under torch.no_grad(), or let f use its argument.",
            "Assign to the variable, or let f use its argument.",
        ),
        edits=ZEROS(
            "x = x.copy()\n    grad = np.zeros_like(x)",
            "x = x.detach().clone()\n        grad = torch.zeros_like(x)",
            "assign = None",
        ),
    ),
    Fault(
        "F80",
        name="difference quotient without brackets",
        kind="fault",
        does="(f(x + h) - f(x - h)) / 2 * h multiplies by h where it should divide: every "
        "derivative is 1e-8 of the right one.",
        fix=fix_everywhere("(f(x + h) - f(x - h)) / (2 * h)"),
        edits=combine_edits(
            DIFF.replace_everywhere("return (f(x + H) - f(x - H)) / 2 * H"),
            QUOTIENT.replace_everywhere("grad[idx] = (fxh1 - fxh2) / 2 * H"),
        ),
    ),
    Fault(
        "F83",
        name="function called with one entry",
        kind="fault",
        does="f gets the number x[i] + h instead of the array x: wrong, or an error, unless f "
        "takes each entry alone.",
        fix=fix_everywhere("Change x[i], then call f(x)."),
        edits=BOTH_VALUES(
            "fxh1 = f(tmp_val + H)\n            fxh2 = f(tmp_val - H)",
            "fxh1 = f(tmp_val + H)\n                fxh2 = f(tmp_val - H)",
            "return f(ops.convert_to_tensor(value))",
        ),
    ),
    Fault(
        "F84",
        name="entry left moved",
        kind="fault",
        does="x[i] stays at x[i] - h: later entries are taken at a shifted point, and the caller's "
        "array has changed.",
        fix=fix_everywhere("Put the old value back before the next entry."),
        edits=combine_edits(
            RESTORED(
                "finally:\n            pass",
                "finally:\n                pass",
            ),
            QUOTIENT(
                keras="grad[idx] = (fxh1 - fxh2) / (2 * H)\n            values[idx] -= H",
            ),
        ),
    ),
    Fault(
        "F85",
        name="return inside the loop",
        kind="fault",
        does="The gradient is returned after its first entry; all others are 0.",
        fix=fix_everywhere("Return after the loop."),
        edits=RETURN_GRADIENT(
            "/ (2 * H)\n        return grad",
            "/ (2 * H)\n            return grad",
            "/ (2 * H)\n            return ops.convert_to_tensor(grad)\n    finally:",
        ),
    ),
    Fault(
        "F86",
        name="sum in place of the difference",
        kind="fault",
        does="(f(x + h) + f(x - h)) / (2 h) is f(x) / h: ten thousand times the function.",
        fix=fix_everywhere("f(x + h) - f(x - h)"),
        edits=combine_edits(
            DIFF.replace_everywhere("return (f(x + H) + f(x - H)) / (2 * H)"),
            QUOTIENT.replace_everywhere("grad[idx] = (fxh1 + fxh2) / (2 * H)"),
        ),
    ),
    Fault(
        "F87",
        name="sign of the derivative lost",
        kind="fault",
        does="The absolute value of the quotient is taken: descent climbs wherever f falls.",
        fix=fix_everywhere("Leave abs out."),
        edits=combine_edits(
            DIFF.replace_everywhere("return abs((f(x + H) - f(x - H)) / (2 * H))"),
            QUOTIENT.replace_everywhere("grad[idx] = abs((fxh1 - fxh2) / (2 * H))"),
        ),
    ),
    Fault(
        "F92",
        form="numerical_gradient",
        name="gradient computed and not returned",
        kind="fault",
        does="The function ends without a return and gives None.",
        fix=fix_everywhere("return grad"),
        edits=RETURN_GRADIENT(
            "/ (2 * H)\n    return None",
            "/ (2 * H)\n    return None",
            "/ (2 * H)\n        return None\n    finally:",
        ),
    ),
    Fault(
        "F101",
        form="1-D alone",
        name="gradient of 1-D arrays alone",
        kind="convention",
        does="The loop counts entries by one index, as section 4.4 prints it: right for a vector, "
        "an IndexError for a matrix.",
        fix=EVERY_ENTRY_FIX,
        edits=INDICES(
            "for idx in range(x.size):",
            "for idx in range(x.numel()):",
            "for idx in range(values.size):",
        ),
    ),
    Fault(
        "F102",
        name="NumPy's copy() called on a tensor",
        kind="fault",
        does="A torch tensor has no copy(): AttributeError.",
        fix=fix_per_framework("Nothing to mend here.", "init_x.clone()", "tf.identity(init_x)"),
        edits=START(torch="x = init_x.copy()"),
        hypothesis=False,
    ),
)
