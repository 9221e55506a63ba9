"""Whatever the user has for TwoLayerNet, taken up as a port's class."""

import copy
from dataclasses import replace
from typing import Any

from trueport import reference

from ...ports.frameworks import to_numpy
from ...ports.user_code.arrays import StoredArray, find_stored_arrays
from ...ports.user_code.errors import NotComparableError, TargetError, format_error
from ...ports.user_code.machine import find_machine_reason
from ...ports.user_code.view import TargetView
from .calling import (
    BY_ROWS,
    find_calling,
    gives_gradient,
    gives_labels,
    has_loss_of_scores,
)
from .class_adapter import adapt_net
from .construct import TRIAL_SIZES, NetBuilder, describe_given, find_builder, is_author_object
from .framework_models import import_ops, is_model
from .functional_net import FunctionalNet
from .layout import (
    ContractParams,
    LayerSizes,
    ParameterLayout,
    describe_layout,
    draw_random_params,
    fill_params,
    find_layout,
    infer_sizes,
)
from .layout_check import make_layout_check
from .model_adapter import ModelFormat, ModelNet
from .model_reading import prepare_model, read_model
from .numpy_classes import choose_view, meet_net
from .other_networks import (
    TWO_LAYERS,
    refuse_low_precision,
    refuse_other_depth,
    refuse_other_shapes,
)
from .other_signatures import drop_other_arguments, drop_other_gradients
from .prediction_methods import add_methods_of_samples, drop_gradients_of_predictions
from .spellings import (
    METHOD_SPELLINGS,
    find_methods,
    list_predictions,
    normalise_name,
    rank_candidates,
)


class NetPort:
    """The user's network as the class TwoLayerNet: calling it makes one.

    layout: of its parameters, in words. sizes: the only ones it has, or None for any.
    problem: why it cannot be used, if so.
    withheld: why it cannot be compared at all, and what to do.
    """

    def __init__(self, view: TargetView, thing: Any, name: str, loss: tuple[str, Any] | None):
        self.port_view, self.name = view, name
        self.view = view = choose_view(thing, view)
        self.ops = import_ops(view.framework.name)
        self.sizes: LayerSizes | None = None
        self.layout: dict[str, str] = {}
        self.problem = ""
        self.withheld = ""
        self.calling = BY_ROWS
        self.model_format: ModelFormat | None = None
        self.places: ParameterLayout = {}
        self.methods: dict[str, str] = {}
        self.build: NetBuilder | None = None
        try:
            self._open_network(thing, loss)
        except TargetError as error:
            self.problem = str(error)
            self.withheld = find_machine_reason(error, view.unbound)
        # a user's constructor or forward may raise anything: the components that need it say so
        except Exception as error:  # noqa: BLE001  # a user's code may raise anything
            self.problem = format_error(error)
            self.withheld = find_machine_reason(error, view.unbound)
        if self.withheld and name != "TwoLayerNet":
            self.withheld = f"{name}: {self.withheld}"
        if self.problem:
            if not view.methods.get("TwoLayerNet") and isinstance(
                thing, type
            ):  # so that each says what is wrong
                self.methods = find_methods(thing, self.ops.FRAMEWORK_ROOTS if self.ops else ())
                view.methods["TwoLayerNet"] = {wanted: wanted for wanted in self.methods}
            if not self.withheld:
                view.notes.append(f"{name} cannot be used: {self.problem}")

    def __call__(self, d: int, h: int, k: int, *args: Any) -> Any:
        """Build the network of these sizes."""
        if self.build is None or self.problem:
            raise TargetError(self.problem)
        if self.sizes is not None and (d, h, k) != self.sizes:
            raise TargetError(f"{self.name} has sizes {self.sizes} and no others (got {(d, h, k)})")
        net = self._prepare(self.build(d, h, k), d)
        if self.model_format:
            return ModelNet(net, self.model_format)
        to_rows = self.calling.make_rows(self.view, k)
        own = adapt_net(net, self.places, self.methods, self.calling, to_rows, self._apply_softmax)
        return own if self.view is self.port_view else meet_net(own, self.port_view)

    def _apply_softmax(self, scores: Any) -> Any:
        return self.view.array(reference.softmax(to_numpy(scores)))

    def _prepare(self, net: Any, d: int | None) -> Any:
        return prepare_model(net, self.ops, self.view.dtype, d) if is_model(net, self.ops) else net

    def _open_network(self, thing: Any, loss: tuple[str, Any] | None) -> None:
        if not isinstance(thing, type) and is_model(thing, self.ops):
            self.build, sized = (lambda d, h, k: self.ops.get_fresh_model(thing)), False
        elif not callable(thing) or is_author_object(thing):
            self.build, sized = (lambda d, h, k: copy.deepcopy(thing)), False
        else:
            self.build, sized = find_builder(thing, self._is_trial_network)
            if given := describe_given(thing, sized):
                self.view.notes.append(f"{self.name} was made with {given}")
        made = self.build(*TRIAL_SIZES)
        model = is_model(made, self.ops)
        refuse_low_precision(made)
        net = self._prepare(made, TRIAL_SIZES[0] if sized else None)
        if model:
            refuse_other_shapes(find_stored_arrays(net))
        else:
            refuse_other_depth(find_stored_arrays(net), sized)
        roots = self.ops.FRAMEWORK_ROOTS if self.ops else ()
        self.methods = find_methods(type(net), roots)
        held = find_stored_arrays(net)
        transposed = bool(model and self.ops.WEIGHTS_TRANSPOSED)
        sizes: LayerSizes | None = TRIAL_SIZES if sized else infer_sizes(held, transposed)
        if sizes is None:
            have = ", ".join(f"{a.label} {a.shape}" for a in held[:8]) or "no arrays"
            raise NotComparableError(
                f"no two matrices of a two-layer net were found (it has {have}): {TWO_LAYERS}"
            )
        self.sizes = None if sized else sizes
        # methods are offered even where the parameters are wrong: each then says what is missing
        self._find_calling(net, sizes, list_predictions(type(net), roots), model)
        self._offer_methods(model)
        transposed = transposed or self.calling.columns
        fits = make_layout_check(self, net, held, sizes, model)
        try:
            self.places, by_value = find_layout(held, sizes, transposed, fits)
        except TargetError as error:
            # by its name it claims to be the chapter's; any other may be another network
            if model or not held or normalise_name(self.name) != "twolayernet":
                raise NotComparableError(f"{error}: {TWO_LAYERS}") from error
            raise
        self.layout = {key: place.describe(key) for key, place in self.places.items()}
        self.view.notes += describe_layout(self.places, held, by_value)
        if model:
            self.model_format = read_model(net, self, sizes, loss)
        else:
            self._find_scores(net, held, sizes)
        if not model and loss is not None:
            self.view.notes.append(f"the loss {loss[0]} was not used: {self.name} is no model")

    def _is_trial_network(self, net: Any) -> bool:
        try:
            find_layout(find_stored_arrays(self._prepare(net, TRIAL_SIZES[0])), TRIAL_SIZES, False)
        # an unbuilt or odd network is not the one that was asked for
        except Exception:  # noqa: BLE001  # a user's code may raise anything
            return False
        return True

    def _offer_methods(self, model: bool) -> None:
        view, offers = self.view, dict(self.methods)
        if model:
            offers = {k: v for k, v in offers.items() if v not in ("forward", "call")}
            self.methods = dict(offers)
            offers = {"predict": "predict", "loss": "loss", "gradient": "gradient"} | offers
        view.methods["TwoLayerNet"] = {wanted: wanted for wanted in offers}
        for wanted, name in offers.items():
            if wanted != name:
                view.aliases[f"TwoLayerNet.{wanted}"] = name
            if wanted != name and name not in ("forward", "call"):
                view.notes.append(f"{name} was taken for TwoLayerNet.{wanted}")
        if model or self.sizes is not None:
            view.hidden.add("TwoLayerNet")  # its first weights follow another rule, by design

    def _find_calling(self, net: Any, sizes: LayerSizes, names: list[str], model: bool) -> None:
        view, first, build = self.view, self.methods.get("predict"), self.build
        add = add_methods_of_samples(net, self.methods, names, sizes, view, self.ops)
        self.build = lambda d, h, k: add(build(d, h, k)) if build else None
        view.notes += drop_gradients_of_predictions(net, self.methods, names, sizes, view, self.ops)
        view.notes += drop_other_arguments(net, self.methods)
        if model:
            named = rank_candidates("predict", METHOD_SPELLINGS["predict"], names)
            calling = find_calling(net, self.methods, named, sizes, view)
            self.calling = replace(BY_ROWS, counts_numbers=calling.counts_numbers)
            return
        found = self.calling = find_calling(net, self.methods, names, sizes, view)
        functional = isinstance(net, FunctionalNet)
        if functional and self.methods["predict"] not in ("predict", self.name):
            view.notes.append(f"{self.methods['predict']} was taken, not {self.name}")
            self.name = self.methods["predict"]
        elif first and gives_labels(getattr(net, first), sizes, view):
            self._pass_by_labels(first)
        if found.columns:
            view.notes.append(f"{self.name} has samples as columns, and was given x.T")
        if not found.takes_numbers:
            view.notes.append(f"{self.name} was given one-hot labels alone, as columns")
        view.notes += drop_other_gradients(net, self.methods, sizes, view, found.columns)
        if "loss" in self.methods and "gradient" not in self.methods:
            name = self.methods["loss"]
            if gives_gradient(getattr(net, name), sizes, view, found.columns):
                self.methods["gradient"] = name

    def _pass_by_labels(self, first: str) -> None:
        """Say that a method gives labels: another was judged, or none can be."""
        passed = self.methods["predict"]
        if passed != first:
            self.view.notes.append(
                f"{first} returns labels (argmax): {passed} gives the probabilities and was judged"
            )
            return
        del self.methods["predict"]
        self.view.withheld["TwoLayerNet.predict"] = (
            f"{first} returns labels (argmax), and nothing gives the probabilities: let a method "
            "of x, forward or predict_proba, return them"
        )

    def _find_scores(self, net: Any, held: list[StoredArray], sizes: LayerSizes) -> None:
        """Take what the network predicts for scores if its own loss is right of these."""
        name = self.methods.get("predict", "")
        if self.calling.prediction.normalised or not name:
            return
        if name == "predict" and not isinstance(net, FunctionalNet):
            return  # the chapter's name, of a class: it gives probabilities
        fill_params(self.view, ContractParams(held, self.places), draw_random_params(sizes))
        to_rows = self.calling.make_rows(self.view, sizes[2])
        own = adapt_net(net, self.places, self.methods, self.calling, to_rows)
        if has_loss_of_scores(own, sizes, self.view):
            self.calling = replace(self.calling, scores=True)
            self.view.notes.append(
                f"{self.name} returns logits, of which its loss is right: softmax was applied for "
                "predict"
            )
