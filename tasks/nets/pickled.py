"""Read a pickle of numpy arrays without running code from it.

Weight files converted from Caffe are shipped like this. A pickle may name any function to be called; here
only those are found that numpy needs to build an array.
"""

from __future__ import annotations

import pickle
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def _latin1(text: str, encoding: str) -> bytes:
    """Return bytes that Python 2 wrote as text; other encodings of `codecs.encode` do more than that."""
    if encoding not in {"latin1", "latin-1"}:
        raise ValueError(f"it asks for the encoding `{encoding}`")
    return text.encode("latin-1")


# What a pickled array asks for; the module has been renamed in numpy 2, older files have the old name.
RECONSTRUCT, FROM_BUFFER = (np.empty(1).__reduce_ex__(protocol)[0] for protocol in (2, 5))
ALLOWED: dict[tuple[str, str], Any] = {
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("numpy.core.multiarray", "_reconstruct"): RECONSTRUCT,
    ("numpy._core.multiarray", "_reconstruct"): RECONSTRUCT,
    ("numpy.core.numeric", "_frombuffer"): FROM_BUFFER,
    ("numpy._core.numeric", "_frombuffer"): FROM_BUFFER,
    ("_codecs", "encode"): _latin1,
    ("collections", "OrderedDict"): OrderedDict,
}


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays of a file by name; ValueError when it holds or asks for anything else."""
    with path.open("rb") as file:
        try:
            # Files of Python 2 hold their bytes as text of this encoding.
            content = _ArraysOnly(file, encoding="latin1").load()
        except Exception as error:  # a pickle's instructions may fail in any way
            raise ValueError(f"`{path}` is not a pickle of numpy arrays: {error}") from error
    if not isinstance(content, dict) or not all(isinstance(value, np.ndarray) for value in content.values()):
        raise ValueError(f"`{path}` is not a pickle of numpy arrays by name")
    return content


class _ArraysOnly(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(f"it asks for `{module}.{name}`")
        return ALLOWED[module, name]
