"""Numba's compiler as rules, parts and entries use it (`sim.base.compiled`): passes, code, order.

Nothing here decides what is computed: with Numba's own compiler in its place every run has the same
bits, and a first start takes three times as long (docs/decisions/0025).
"""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from numba.core import compiler
from numba.core.caching import FunctionCache
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler_machinery import PassManager, _pass_registry, register_pass
from numba.core.inline_closurecall import InlineWorker
from numba.core.typed_passes import AnnotateTypes, NopythonRewrites
from numba.core.untyped_passes import InlineClosureLikes, InlineInlinables, WithLifting

if TYPE_CHECKING:
    from llvmlite.binding import ModuleRef
    from numba.core.compiler import StateDict
    from numba.core.ir import Block, Expr
    from numba.core.types import Type
    from numba.core.typing.context import BaseContext
    from numba.core.typing.templates import Signature

#: Passes for what no function here has: closures, `with`, expressions of whole arrays.
_IDLE = (WithLifting, InlineClosureLikes, NopythonRewrites, AnnotateTypes)

_DEFAULT = compiler.DefaultPassBuilder
_KNOWN: dict[Any, Any] = {}


def _statements(worker: InlineWorker, function: Callable[..., Any]) -> Any:
    """What a rule consists of, as Numba has it before types are known."""
    if function not in _KNOWN:
        worker._compiler_pipeline = lambda state: _passes(_DEFAULT.define_untyped_pipeline(state))
        _KNOWN[function] = InlineWorker.run_untyped_passes(worker, function)
    return _KNOWN[function]


@register_pass(mutates_CFG=True, analysis_only=False)
class _InlineRules(InlineInlinables):
    """Rules become statements of their caller; what a rule consists of is looked up once."""

    def _do_work(
        self,
        state: StateDict,
        todo: list[tuple[int, Block]],
        block: Block,
        i: int,
        expr: Expr,
        worker: InlineWorker,
    ) -> Any:
        worker.run_untyped_passes = partial(_statements, worker)
        return super()._do_work(state, todo, block, i, expr, worker)


class _Passes(PassManager):
    """Passes one after the other: describing each for whoever listens takes as long as most."""

    def run(self, state: StateDict) -> None:
        for each, _ in self.passes:
            step = _pass_registry.get(each).pass_inst
            step.analysis = self._analysis
            step.run_pass(state)


def _passes(usual: PassManager) -> _Passes:
    """Numba's passes, without those that find nothing to do."""
    ours = _Passes(usual.pipeline_name)
    for each, words in usual.passes:
        if each not in _IDLE:
            ours.add_pass(_InlineRules if each is InlineInlinables else each, words)
    ours.finalize()
    return ours


class Pipeline(compiler.CompilerBase):
    """How every function here is compiled."""

    def __init__(self, typingctx: BaseContext, *more: Any) -> None:
        super().__init__(_Typing(typingctx), *more)

    def define_pipelines(self) -> list[Any]:
        if self.state.library is None:
            name = self.state.func_id.func_qualname
            self.state.library = _Whole(self.state.targetctx.codegen(), name)
            self.state.library.enable_object_caching()
        return [_passes(_DEFAULT.define_nopython_pipeline(self.state))]


class _Typing:
    """Numba's typing, which remembers what a call comes to.

    Numba asks every kind of addition, those of strings and dates too, each time that two numbers
    are added.
    """

    _known: ClassVar[dict[Any, Any]] = {}

    def __init__(self, context: BaseContext) -> None:
        self._context = context

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def resolve_function_type(
        self, function: Type, args: tuple[Type, ...], named: dict[str, Type]
    ) -> Any:
        """The signature of a call with arguments of these types."""
        key = function, args
        found = None if named else self._known.get(key)
        if found is None:
            found = self._context.resolve_function_type(function, args, named)
            if found is not None and not named:
                self._known[key] = found
        return found


@contextmanager
def nothing_collected() -> Iterator[None]:
    """Without looking for garbage: a compilation makes a million objects that all stay."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@contextmanager
def _signals_later() -> Iterator[None]:
    """Without what signals raise: Ctrl-C and time limits come after what stands inside.

    LLVM hands machine code over by a call of Python. An exception out of a signal's handler there
    is swallowed and the code lost: "no compiled object yet for <Library advance>", or, of code that
    is read from disk, a process that dies.
    """
    came: list[int] = []
    handlers: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGINT", "SIGTERM", "SIGALRM"):
            number = getattr(signal, name, None)
            if number is not None and callable(signal.getsignal(number)):
                handlers[number] = signal.signal(number, lambda number, _: came.append(number))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for number in came:
            signal.raise_signal(number)


@contextmanager
def alone(function: Callable[..., Any]) -> Iterator[None]:
    """While no other process compiles the same function: who waited finds it on disk.

    Without locks (on Windows, on some file systems) several compile, and the last one's is kept.
    """
    with ExitStack() as held:
        with suppress(ImportError, OSError):
            from fcntl import LOCK_EX, LOCK_UN, flock

            folder = Path(os.environ["NUMBA_CACHE_DIR"])
            folder.mkdir(parents=True, exist_ok=True)
            name = f"{function.__module__}.{function.__qualname__}.lock"
            file = held.enter_context(open(folder / name, "w"))
            flock(file, LOCK_EX)
            held.callback(flock, file, LOCK_UN)  # a forked process has the same open file
        yield


class Kept(FunctionCache):
    """What is kept on disk; it is handed over like new code when it is read."""

    def load_overload(self, sig: Signature, target_context: BaseContext) -> Any:
        """The function that was compiled for these types, or None."""
        with _signals_later():
            return super().load_overload(sig, target_context)


class _Unoptimised(JITCodeLibrary):
    """Code as it is written down: it is optimised with whatever it becomes a part of."""

    _linking_libraries: list[Any]
    _shared_module: Any

    def add_llvm_module(self, ll_module: ModuleRef) -> None:
        ll_module.data_layout = self._codegen._data_layout
        self._final_module.link_in(ll_module)


class Piece(_Unoptimised):
    """Code that is linked into entries and never run by itself: no machine code is made of it."""

    def finalize(self) -> None:
        for function in self._final_module.functions:
            if not function.is_declaration:
                function.linkage = "linkonce_odr"  # several entries have it, and may drop it
        self._finalized = True

    def _get_module_for_linking(self) -> Any:
        """This piece with all that it calls: for compiled functions that are no entries."""
        if self._shared_module is None:
            self._shared_module = self._final_module.clone()
            for module in _called(self._linking_libraries):
                self._shared_module.link_in(module, preserve=True)
        return self._shared_module


def _called(libraries: list[Any]) -> Iterator[Any]:
    """The modules of these libraries and of all pieces that they call, each once."""
    seen: set[Any] = set()
    todo = list(libraries)
    while todo:
        library = todo.pop()
        if library not in seen:
            seen.add(library)
            if isinstance(library, Piece):
                todo += library._linking_libraries
                yield library._final_module
            else:
                yield library._get_module_for_linking()


class _Whole(_Unoptimised):
    """An entry with all of its parts, optimised once."""

    def finalize(self) -> None:
        for module in _called(self._linking_libraries):
            self._final_module.link_in(module, preserve=True)
        self._linking_libraries = []
        super().finalize()

    def _finalize_specific(self) -> None:
        with _signals_later():
            super()._finalize_specific()

    def _optimize_final_module(self) -> None:
        manager, builder = self._codegen._module_pass_manager()
        manager.run(self._final_module, builder)
