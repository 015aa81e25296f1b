"""onnxruntime: its sessions, their runs, and what it says where it cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from ...errors import NetError
from .packages import onnx_package, onnxruntime_package

CPU = "CPUExecutionProvider"

#: Of its log: nothing but what ends it, which comes as an error as well.
_FATAL = 4


def quiet_options(folder: Path | None = None) -> Any:
    """SessionOptions that keep its log quiet.  folder: where external data lie, for a model that
    is not read from there itself."""
    made = onnxruntime_package().SessionOptions()
    made.log_severity_level = _FATAL
    if folder is not None:
        made.add_session_config_entry(
            "session.model_external_initializers_file_folder_path", str(folder)
        )
    return made


def session(
    model: bytes | str | Path,
    options: Any,
    providers: Sequence[Any] = (CPU,),
    *,
    file: str | None = None,
    hint: str = "",
    **settings: Any,
) -> Any:
    """An InferenceSession of a file or of a serialised model, which stands for `file` if one is
    named.

    NetError with what onnxruntime says, the name of the file and `hint`, if it does not take it.
    """
    runtime = onnxruntime_package()
    source, alone = (model, None) if isinstance(model, bytes) else (str(model), str(model))
    try:
        return runtime.InferenceSession(source, options, providers=[*providers], **settings)
    except Exception as error:
        what = f"onnxruntime does not take the model: {said(error)}"
        raise NetError(what, hint, file=file or alone) from error


def optimised(model: bytes | str | Path, scratch: Path, **settings: Any) -> Any:
    """A model as onnxruntime's basic optimisation leaves it, as `onnx` reads it.

    scratch: a file that is written and removed.  settings: as of `session`.
    """
    basic = quiet_options()
    levels = onnxruntime_package().GraphOptimizationLevel
    basic.graph_optimization_level = levels.ORT_ENABLE_BASIC
    basic.optimized_model_filepath = str(scratch)
    try:
        session(model, basic, **settings)
        return onnx_package().load(str(scratch))
    finally:
        scratch.unlink(missing_ok=True)


def run(session: Any, names: Sequence[str], given: Mapping[str, NDArray]) -> list[NDArray]:
    """The values of these outputs; inputs that the session does not have are left out.

    NetError with what onnxruntime says, if it cannot run it.
    """
    known = {value.name for value in session.get_inputs()}
    known |= {value.name for value in session.get_overridable_initializers()}
    try:
        return session.run(list(names), {k: v for k, v in given.items() if k in known})
    except Exception as error:
        raise NetError(f"onnxruntime cannot run the model: {said(error)}") from error


def said(error: Exception) -> str:
    """The first line of what another package says of a fault, at most 300 letters of it."""
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__
