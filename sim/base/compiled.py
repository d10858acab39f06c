"""How functions are compiled: rules, parts of a step, and what Python calls (docs/decisions/0025).

Numba compiles every function it meets as if Python would call it: optimised, turned into machine
code, with a wrapper for Python and one for C, saved on disk, and then once more inlined into its
caller. Of the functions of a step only one is called from Python. So there are three kinds here.

rule : a formula; its statements become those of the compiled function that calls it.
part : what compiled functions call; compiled for them once, without any of the above.
entry : what Python calls; optimised with all of its parts, and kept on disk.

Each can be called from Python all the same, as the Mesa engine does, and is an entry then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from numba.core import compiler, config, types, typing
from numba.core.registry import CPUDispatcher
from numba.core.sigutils import normalize_signature

from sim.base.compiling import Kept, Piece, Pipeline, alone, nothing_collected

if TYPE_CHECKING:
    from numba.core.types import Type
    from numba.core.typing.templates import Signature

F = TypeVar("F", bound=Callable[..., Any])

#: IEEE division (vectorises), no fast-math (it breaks bit equality); nobody calls these from C.
_OPTIONS = {"nopython": True, "error_model": "numpy", "no_cfunc_wrapper": True}


class _Entry(CPUDispatcher):
    """What Python calls."""

    def enable_caching(self) -> None:
        """Keep what is compiled on disk."""
        self._cache = Kept(self.py_func)

    def compile(self, sig: Signature) -> Any:
        """Read from disk what was compiled for these types, or compile it."""
        with alone(self.py_func), nothing_collected():
            return super().compile(sig)


class _Part(_Entry):
    """What compiled functions call: they see another compilation of it than Python does."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._inside: dict[tuple[Any, ...], Any] = {}
        self._only: tuple[Any, ...] | None = None

    def allow(self, signature: str) -> None:
        """Take these types only, whatever is given."""
        self._only = normalize_signature(signature)[0]

    def compile(self, sig: Signature) -> Any:
        """Compile for Python."""
        made = super().compile(self._only or sig)
        if self._only:
            self.disable_compile()  # from here on arguments are cast
        return made

    def get_call_template(self, args: tuple[Type, ...], kws: dict[str, Type]) -> Any:
        """The types that a call from compiled code has, which compiles it for them."""
        pysig, args = self._compiler.fold_argument_types(args, kws)
        declared = [each.annotation for each in pysig.parameters.values()]
        taken = self._only or tuple(map(_as_declared, args, declared))
        if taken not in self._inside:
            self._inside[taken] = self._compile_inside(taken)
        name = self.py_func.__name__
        signatures = [self._inside[taken].signature]
        template = typing.make_concrete_template(f"CallTemplate({name})", name, signatures)
        return template, pysig, args, {}

    def get_overload(self, sig: Signature) -> Any:
        """What stands for this function in a compiled caller."""
        return self._inside[tuple(sig)].fndesc

    def _compile_inside(self, args: tuple[Any, ...]) -> Any:
        flags = compiler.Flags()
        self.targetdescr.options.parse_as_flags(flags, self.targetoptions)
        flags.no_cpython_wrapper = flags.no_compile = True
        # Arrays belong to whoever called from Python; nobody counts them, but those of a State.
        held: Any = types.StructRef  # type: ignore[attr-defined]
        flags.nrt = any(isinstance(each, held) for each in args)
        library = Piece(self.targetctx.codegen(), self.py_func.__qualname__)
        found = compiler.compile_extra(
            self.typingctx, self.targetctx, self.py_func, args, None, flags, {}, library, Pipeline
        )
        self.targetctx.insert_user_function(found.fndesc, found.fndesc, [library])
        return found


def _as_declared(given: Type, declared: object) -> Any:
    """The type that an argument is taken as: a number as its annotation says, never a constant."""
    plain = types.unliteral(given)  # type: ignore[attr-defined]
    if isinstance(plain, types.Integer | types.Boolean | types.IntEnumMember):
        if declared == "float":
            return types.float64
        if declared == "int":
            return types.int64
    return plain


def _made(kind: type[Any], function: F, **options: Any) -> F:
    if config.DISABLE_JIT:
        return function
    made: F = kind(function, targetoptions={**_OPTIONS, **options}, pipeline_class=Pipeline)
    made.enable_caching()  # type: ignore[attr-defined]
    return made


def rule(function: F) -> F:
    """A scalar formula, inlined into what calls it."""
    return _made(_Entry, function, inline="always")


def part(function: F) -> F:
    """A function of the step."""
    return _made(_Part, function)


def part_of(signature: str) -> Callable[[F], F]:
    """The same for these types only, to which arguments are cast."""

    def made(function: F) -> F:
        found = part(function)
        if isinstance(found, _Part):
            found.allow(signature)
        return found

    return made


def entry(function: Callable[..., Any]) -> Any:
    """What Python calls; other threads of Python go on meanwhile."""
    return _made(_Part, function, nogil=True)
