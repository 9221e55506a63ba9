"""Opens a target in the process that runs it: from what the user typed to a port's view."""

import ast
import importlib
import importlib.util
import os
import sys
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...suite.suite import Suite
from ...suite.user_code import Adoption, UserCodeRules
from ..framework import Framework
from ..frameworks import FRAMEWORKS
from .definitions import LoadedModule, describe_training
from .detect import SourceAnalysis, detect_framework
from .elsewhere import describe_elsewhere
from .errors import TargetError, format_error
from .folders import (
    find_own_folder,
    find_run_folder,
    list_user_folders,
    list_user_roots,
    put_hidden_first,
)
from .isolation import isolate_process
from .keras_backend import choose_installed, describe_backend, find_asked_backend
from .loading import IMPORT_LIMIT, load_user_module
from .older_keras import accept_older_arguments, list_renamed_arguments
from .own_modules import UserImports, find_shadowing_names
from .sandbox import restrict_process
from .shared_state import Names, SharedState, read_names
from .shims import ShimFinder
from .target import Target
from .view import AuthorNames, TargetView
from .warning_filters import apply_warning_filters

MAX_SKIPPED_NOTES = 5
StartCallback = Callable[[], None]


@dataclass
class LoadedTarget:
    """A user's file that has been run in this process, and how it was found."""

    kind: Framework
    loaded: LoadedModule
    own: AuthorNames
    found: SourceAnalysis
    shims: ShimFinder
    elsewhere: str  # what is said of the user's files outside the folder that is judged
    notes: list[str]  # what else is said of how it was run
    pristine: Names  # what packages had before it was run


@dataclass(frozen=True)
class LoadOptions:
    """How to load a target.

    framework: a key of `FRAMEWORKS`, or None to find it out.
    dtype, threads: see `Framework.configure`.
    definitions_only: why not to import the whole file, if so.
    alive: called when the framework is there and the user's code begins.
    import_limit: seconds that importing the file may take.
    prepare: changes the tree of the file before it is run.
    choose: takes the framework that was found, or forced, and the file; returns what is run.
    """

    framework: str | None
    dtype: str
    threads: int
    definitions_only: str = ""
    alive: StartCallback = lambda: None
    import_limit: float = IMPORT_LIMIT
    prepare: Callable[[ast.Module], ast.Module] | None = None
    choose: Callable[[str, SourceAnalysis], str] = choose_installed


def load_target(
    rules: UserCodeRules, asked: Target, options: LoadOptions, facts: dict[str, Any]
) -> LoadedTarget:
    """Run the file of a target; facts grows by its framework and versions.

    rules: the stand-ins for what is not installed. Raises TargetError.
    """
    path, module = locate_target(asked)
    found = detect_framework(path, asked.name)
    kind = FRAMEWORKS[options.choose(options.framework or found.framework, found)]
    backend = find_asked_backend(found.text)
    facts["framework"] = kind.name
    start_framework(kind, options.dtype, options.threads)
    facts["versions"] = kind.versions()
    roots = list_user_roots(path, module, found)
    imports = UserImports(find_shadowing_names(roots[0], path), roots[0])
    shims = prepare_process(rules, path, roots, imports, found, kind)
    options.alive()
    pristine = read_names()
    loaded = load_user_module(
        path, module, options.definitions_only, shims, options.import_limit, options.prepare
    )
    own = AuthorNames(loaded.module, loaded.tree, find_own_folder(path), imports.find_module)
    own.slip = loaded.slip
    elsewhere = describe_elsewhere(loaded.module, find_own_folder(path), roots)
    notes = describe_backend(kind.name, backend)
    return LoadedTarget(kind, loaded, own, found, shims, elsewhere, notes, pristine)


def open_target(
    suite: Suite, target: dict[str, Any], loss: str | None, options: LoadOptions
) -> tuple[TargetView, dict[str, Any]]:
    """Open the port that a target is, and note what there is to say about it.

    target: `Target.to_record()`. loss: "file.py:name" of a loss for a model.

    Raises TargetError if there is nothing to open; its facts say how far it came.
    """
    asked, rules = Target(**target), suite.user_code
    facts: dict[str, Any] = {"framework": options.framework or "numpy", "sizes": None}
    facts |= {name: {} for name in ("versions", "aliases", "layout")}
    facts |= {name: [] for name in ("offered", "notes", "skipped", "not_looked_at", "limits")}
    try:
        asked.refuse_arguments()
        opened = load_target(rules, asked, options, facts)
        loaded = opened.loaded
        opened.notes.extend(hold_warning_filters(opened))
        view = TargetView(suite, opened.kind, options.dtype)
        view.unbound = loaded.unbound
        given = load_given_loss(loss, loaded, asked) if loss else None
        adoption = rules.adopt(view, opened.own, asked.name, given)
        collect_facts(facts, view, adoption, opened)
        view.state = SharedState(opened.pristine)
        return view, facts
    except TargetError as error:
        raise TargetError(str(error), facts) from error


def hold_warning_filters(opened: LoadedTarget) -> list[str]:
    """Let the user's warning filters hold for what of theirs is called; return what to say."""
    own = opened.own
    return apply_warning_filters(own.folder, own.find_module)


def isolate_target(target: Mapping[str, Any], kept: Path) -> dict[str, str]:
    """Keep this process from the network and from what lies in a target's folder, where it can be.

    target: `Target.to_record()`. kept, and what is returned: as of `isolate_process`.
    """
    path, module = target["path"], target["module"]
    return isolate_process(find_run_folder(Path(path), module) if path else None, kept)


def prepare_process(
    rules: UserCodeRules,
    path: Path,
    roots: list[Path],
    imports: UserImports,
    found: SourceAnalysis,
    kind: Framework,
) -> ShimFinder:
    """Make this process the user's: their folder, their paths, our shims, and no way out.

    path: of their file, which is all that the command line of theirs holds.
    """
    data_only = found.data_only if kind.name != "keras" else set()
    searched = put_hidden_first(roots, found.imports)
    shims = ShimFinder(rules, lambda: list_user_folders(searched), found.imports, data_only)
    restrict_process()
    imports.install()
    os.chdir(roots[0])
    sys.argv = [str(path)]
    sys.path[:0] = map(str, searched)
    sys.meta_path.insert(0, shims)
    rules.serve_data(found.text)
    if kind.name == "keras":
        accept_older_arguments()
    return shims


def locate_target(asked: Target) -> tuple[Path, str | None]:
    """Return the file or package folder of a target, and its module name if it was named so."""
    if asked.path is not None:
        return Path(asked.path), asked.module
    assert asked.module is not None
    try:
        spec = importlib.util.find_spec(asked.module)
    # a parent package of the user's may raise anything when it is imported
    except Exception as error:
        raise TargetError(f"{asked.module} cannot be imported: {format_error(error)}") from error
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        raise TargetError(f"there is no module {asked.module} written in Python")
    file = Path(spec.origin)  # as it was found: its place below the package's folder tells its name
    return (file.parent if file.name == "__init__.py" else file), asked.module


def start_framework(kind: Framework, dtype: str, threads: int) -> None:
    """Import the framework and set its default dtype. Raises TargetError if it is not there."""
    try:
        kind.start(dtype, threads, whole=True)
    except ImportError as error:
        raise TargetError(
            f"this port needs {' and '.join(kind.packages)}, not installed for {sys.executable} "
            f"({error}): pip install {' '.join(kind.packages)}, or run it with the interpreter "
            "that has it: --python PATH"
        ) from error


def load_given_loss(text: str, loaded: LoadedModule, asked: Target) -> tuple[str, Any]:
    """Return the loss that the user named beside the model: (name, function)."""
    where, _, name = text.rpartition(":")
    if not where or not name:
        raise TargetError(f"a loss must be given as file.py:name (got {text!r})")
    file = Path(where)
    if asked.path is not None and file.name == Path(asked.path).name:
        module: types.ModuleType = loaded.module
    elif where.endswith(".py"):
        places = [file, Path(loaded.module.__file__ or "").parent / file.name]
        place = next((p.resolve() for p in places if p.exists()), None)
        if place is None:
            raise TargetError(f"there is no file {where} for the loss")
        module = load_user_module(place, None).module
    else:
        module = importlib.import_module(where)
    value: Any = module
    for part in name.split("."):
        if not hasattr(value, part):
            raise TargetError(f"{where} has no loss {name!r}")
        value = getattr(value, part)
    return name, value


def collect_facts(
    facts: dict[str, Any],
    view: TargetView,
    adoption: Adoption,
    opened: LoadedTarget,
) -> None:
    """Note in facts what there is to say to the user."""
    loaded, shims = opened.loaded, opened.shims
    notes: list[str] = facts["notes"]
    notes += describe_loading(opened)
    facts["skipped"] = loaded.skipped
    given = list(dict.fromkeys(shims.given))
    if book := [name for name in given if shims.rules.modules.get(name)]:
        notes.append(
            f"{', '.join(book)} not found beside your file: the reference's own was used, and "
            "what comes from there is not judged as yours"
        )
    notes += filter(None, [opened.elsewhere])
    for name in shims.renamed:
        notes.append(f"{name} was not found: your file's folder and those above stand for it")
    notes += opened.notes
    notes += view.notes
    needed = dict.fromkeys(need for c in view.suite.components.values() for need in c.needs)
    offered = [name for name in needed if view.has(name)]
    facts["offered"] = [n for n in offered if n != "train" or "train" in view.names]
    facts["not_looked_at"], facts["limits"] = adoption.not_looked_at, adoption.limits
    if not offered and not view.withheld:
        notes.append(f"it offers none of the contract's names: {view.suite.user_code.examples} ...")
    facts["layout"], facts["sizes"] = adoption.layout, adoption.sizes
    notes += adoption.notes
    facts["aliases"] = view.aliases


def describe_loading(opened: LoadedTarget) -> list[str]:
    """Return what there is to say of how a file was run, and of what stood in for a package."""
    loaded, shims = opened.loaded, opened.shims
    notes = [] if loaded.tree.body else ["the file is empty"]
    if not loaded.whole:
        notes.append(f"read for its definitions only, because {loaded.why}")
        notes += loaded.skipped[:MAX_SKIPPED_NOTES]
        if len(loaded.skipped) > MAX_SKIPPED_NOTES:
            notes.append(f"and {len(loaded.skipped) - MAX_SKIPPED_NOTES} more lines were not run")
    if words := describe_training(loaded.tree):
        notes.append(words)
    given = [n for n in shims.given if n not in shims.rules.modules and "." not in n]
    if given:
        notes.append(f"{', '.join(dict.fromkeys(given))} answered by a stand-in")
    return notes + loaded.notes + list_renamed_arguments()
