"""Faults in the difference quotient, its step and the loop over entries."""

from ...suite.fault import fix_everywhere, fix_per_framework
from . import patch_points as at
from .make_fault import make_fault
from .patch_points import combine_edits

CENTRAL_DIFFERENCE_FIX = fix_everywhere("(f(x + h) - f(x - h)) / (2 * h) with h = 1e-4")
EVERY_ENTRY_FIX = fix_per_framework(
    "for idx in np.ndindex(x.shape)",
    "for idx in itertools.product(*map(range, x.shape))",
    "for idx in np.ndindex(tuple(x.shape))",
)

DIFFERENCE_FAULTS = (
    make_fault(
        "F42",
        name="gradient_descent changes its starting point",
        does="x is init_x itself, so the caller's array moves, and a second run starts from where "
        "the first ended.",
        fix=fix_per_framework(
            "x = init_x.copy()",
            "x = init_x.clone()",
            "x = tf.convert_to_tensor(init_x): tensors are immutable.",
        ),
        edits=at.START("x = init_x", "x = init_x"),
    ),
    make_fault(
        "F59/forward",
        name="forward difference",
        does="(f(x + h) - f(x)) / h errs by h f''(x) / 2, where the central difference errs by "
        "h^2.",
        fix=CENTRAL_DIFFERENCE_FIX,
        edits=combine_edits(
            at.DIFF.replace_everywhere("return (f(x + H) - f(x)) / H"),
            at.MOVED_BACK("x[idx] = tmp_val", "x[idx] = tmp_val", "f_at(idx, values[idx])"),
            at.QUOTIENT.replace_everywhere("grad[idx] = (fxh1 - fxh2) / H"),
        ),
    ),
    make_fault(
        "F59/10e-4",
        name="step 10e-4",
        does="10e-4 is 1e-3, ten times the chapter's step: the central difference errs by a "
        "hundred times as much.",
        fix="h = 1e-4",
        edits=at.H.replace_everywhere("H = 10e-4"),
    ),
    make_fault(
        "F59/10e-50",
        name="step too small to change x",
        does="x + 10e-50 is x again: every derivative is 0, or 0 / 0 in float32.",
        fix="h = 1e-4",
        edits=at.H.replace_everywhere("H = 10e-50"),
    ),
    make_fault(
        "F64",
        name="rows taken for entries",
        does="The gradient's loop runs over the first axis alone and moves whole rows of a matrix "
        "at once.",
        fix=EVERY_ENTRY_FIX,
        edits=combine_edits(
            at.INDICES(
                "for idx in range(x.shape[0]):",
                "for idx in range(x.shape[0]):",
                "for idx in range(values.shape[0]):",
            ),
            at.SAVED("tmp_val = x[idx].copy()\n"),
        ),
    ),
    make_fault(
        "F65",
        name="difference quotient of an integer array",
        does="In an integer array x + h is x again and x - h is x - 1: [25000 35000] for the "
        "gradient [6, 8].",
        fix=fix_per_framework(
            "Pass np.array([3.0, 4.0]).",
            "Pass torch.tensor([3.0, 4.0]).",
            "Pass keras.ops.array([3.0, 4.0]).",
        ),
        edits=at.FLOAT_CHECK("if False:", "if False:"),  # TensorFlow does not mix dtypes
    ),
    make_fault(
        "F72",
        name="closure that never sees the step",
        does="A copy of the weights is moved, while f ignores its argument and reads the network's "
        "own: the gradient is exactly 0.",
        fix=fix_per_framework(
            "Move x itself, as section 4.4.2 needs, or let f use its argument.",
            "Move the parameter itself under torch.no_grad(), or let f use its argument.",
            "Assign to the variable, or let f use its argument.",
        ),
        edits=at.ZEROS(
            "x = x.copy()\n    grad = np.zeros_like(x)",
            "x = x.detach().clone()\n        grad = torch.zeros_like(x)",
            "assign = None",
        ),
    ),
    make_fault(
        "F80",
        name="difference quotient without brackets",
        does="(f(x + h) - f(x - h)) / 2 * h multiplies by h where it should divide: every "
        "derivative is 1e-8 of the right one.",
        fix="(f(x + h) - f(x - h)) / (2 * h)",
        edits=combine_edits(
            at.DIFF.replace_everywhere("return (f(x + H) - f(x - H)) / 2 * H"),
            at.QUOTIENT.replace_everywhere("grad[idx] = (fxh1 - fxh2) / 2 * H"),
        ),
    ),
    make_fault(
        "F83",
        name="function called with one entry",
        does="f gets the number x[i] + h instead of the array x: wrong, or an error, unless f "
        "takes each entry alone.",
        fix="Change x[i], then call f(x).",
        edits=at.BOTH_VALUES(
            "fxh1 = f(tmp_val + H)\n            fxh2 = f(tmp_val - H)",
            "fxh1 = f(tmp_val + H)\n                fxh2 = f(tmp_val - H)",
            "return f(ops.convert_to_tensor(value))",
        ),
    ),
    make_fault(
        "F84",
        name="entry left moved",
        does="x[i] stays at x[i] - h: later entries are taken at a shifted point, and the caller's "
        "array has changed.",
        fix="Put the old value back before the next entry.",
        edits=combine_edits(
            at.RESTORED(
                "finally:\n            pass",
                "finally:\n                pass",
            ),
            at.QUOTIENT(
                keras="grad[idx] = (fxh1 - fxh2) / (2 * H)\n            values[idx] -= H",
            ),
        ),
    ),
    make_fault(
        "F85",
        name="return inside the loop",
        does="The gradient is returned after its first entry; all others are 0.",
        fix="Return after the loop.",
        edits=at.RETURN_GRADIENT(
            "/ (2 * H)\n        return grad",
            "/ (2 * H)\n            return grad",
            "/ (2 * H)\n            return ops.convert_to_tensor(grad)\n    finally:",
        ),
    ),
    make_fault(
        "F86",
        name="sum in place of the difference",
        does="(f(x + h) + f(x - h)) / (2 h) is f(x) / h: ten thousand times the function.",
        fix="f(x + h) - f(x - h)",
        edits=combine_edits(
            at.DIFF.replace_everywhere("return (f(x + H) + f(x - H)) / (2 * H)"),
            at.QUOTIENT.replace_everywhere("grad[idx] = (fxh1 + fxh2) / (2 * H)"),
        ),
    ),
    make_fault(
        "F87",
        name="sign of the derivative lost",
        does="The absolute value of the quotient is taken: descent climbs wherever f falls.",
        fix="Leave abs out.",
        edits=combine_edits(
            at.DIFF.replace_everywhere("return abs((f(x + H) - f(x - H)) / (2 * H))"),
            at.QUOTIENT.replace_everywhere("grad[idx] = abs((fxh1 - fxh2) / (2 * H))"),
        ),
    ),
    make_fault(
        "F92/numerical_gradient",
        name="gradient computed and not returned",
        does="The function ends without a return and gives None.",
        fix="return grad",
        edits=at.RETURN_GRADIENT(
            "/ (2 * H)\n    return None",
            "/ (2 * H)\n    return None",
            "/ (2 * H)\n        return None\n    finally:",
        ),
    ),
    make_fault(
        "F101/1-D alone",
        name="gradient of 1-D arrays alone",
        kind="convention",
        does="The loop counts entries by one index, as section 4.4 prints it: right for a vector, "
        "an IndexError for a matrix.",
        fix=EVERY_ENTRY_FIX,
        edits=at.INDICES(
            "for idx in range(x.size):",
            "for idx in range(x.numel()):",
            "for idx in range(values.size):",
        ),
    ),
    make_fault(
        "F102",
        name="NumPy's copy() called on a tensor",
        does="A torch tensor has no copy(): AttributeError.",
        fix=fix_per_framework("Nothing to mend here.", "init_x.clone()", "tf.identity(init_x)"),
        edits=at.START(torch="x = init_x.copy()"),
        hypothesis=False,
    ),
)
