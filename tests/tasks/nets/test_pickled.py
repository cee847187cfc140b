import os
import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tasks.nets import pickled

# What Python 2 and an old numpy wrote for {"w": np.array([1, 2], "<f4")}: bytes are text, modules old.
PYTHON_2 = (
    b"\x80\x02}q\x00U\x01wcnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
    b"(K\x01K\x02\x85cnumpy\ndtype\nU\x02f4K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    b"\x89U\x08\x00\x00\x80?\x00\x00\x00@tbs."
)


class Harmful:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[Path]]:
        return os.mkdir, (self.path,)


@pytest.mark.parametrize("protocol", [0, 2, pickle.HIGHEST_PROTOCOL])
@pytest.mark.parametrize("kind", [dict, OrderedDict])
def test_arrays_come_back(tmp_path: Path, protocol: int, kind: type[dict[str, Any]]) -> None:
    arrays = kind(a=np.arange(6, dtype=np.float32).reshape(2, 3), b=np.array([1, 2]))
    (tmp_path / "w.pkl").write_bytes(pickle.dumps(arrays, protocol=protocol))
    found = pickled.read_arrays(tmp_path / "w.pkl")
    assert all(np.array_equal(found[name], arrays[name]) for name in ("a", "b"))


def test_file_of_python_2_is_read(tmp_path: Path) -> None:
    (tmp_path / "w.pkl").write_bytes(PYTHON_2)
    assert pickled.read_arrays(tmp_path / "w.pkl")["w"].tolist() == [1.0, 2.0]


def test_a_function_in_the_file_is_not_called(tmp_path: Path) -> None:
    (tmp_path / "w.pkl").write_bytes(pickle.dumps({"w": Harmful(tmp_path / "made")}))
    with pytest.raises(ValueError, match=r"not a pickle of numpy arrays: it asks for `posix\.mkdir`"):
        pickled.read_arrays(tmp_path / "w.pkl")
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("content", [[1, 2], {"w": "text"}])
def test_anything_but_arrays_by_name_is_refused(tmp_path: Path, content: object) -> None:
    (tmp_path / "w.pkl").write_bytes(pickle.dumps(content))
    with pytest.raises(ValueError, match="is not a pickle of numpy arrays by name"):
        pickled.read_arrays(tmp_path / "w.pkl")
