"""What keeps a device busy: pictures that are read ahead in threads, and sent while it computes."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

import torch
from torch import Tensor

from tasks.parts import seeding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

Item = TypeVar("Item")
Loaded = TypeVar("Loaded")

# Threads that load, on a GPU; on a CPU, which computes with its cores itself, one.
MOST_THREADS = 16
# The share of what is free of a GPU's memory that data may fill.
RESIDENT = 0.5


def cores() -> int:
    """Return how many cores this process may use, as far as threads that load are worth their while."""
    return max(1, min(MOST_THREADS, len(os.sched_getaffinity(0))))


def threads() -> int:
    """Return how many threads load for a training: those of a CPU, which computes itself, are taken."""
    return 1 if seeding.pick_device().type == "cpu" else cores()


def ahead(items: Iterable[Item], load: Callable[[Item], Loaded]) -> Iterator[tuple[Item, Loaded]]:
    """Yield each item in its order with what is loaded for it, on the device; the next are loaded meanwhile.

    `load` is called in several threads; it returns a tensor, or a tuple or a dataclass of them.
    """
    device = seeding.pick_device()

    def loaded(item: Item) -> Loaded:
        found = load(item)
        return _each(found, torch.Tensor.pin_memory) if device.type == "cuda" else found

    for item, found in in_order(items, loaded, threads()):
        yield item, _each(found, lambda tensor: tensor.to(device, non_blocking=True))


def in_order(
    items: Iterable[Item], load: Callable[[Item], Loaded], count: int
) -> Iterator[tuple[Item, Loaded]]:
    """Yield each item in its order with what is loaded for it, by so many threads that are never idle."""
    with ThreadPoolExecutor(count) as pool:
        waiting: deque[tuple[Item, Future[Loaded]]] = deque()
        try:
            for item in items:
                waiting.append((item, pool.submit(load, item)))
                if len(waiting) > 2 * count:
                    first, loading = waiting.popleft()
                    yield first, loading.result()
            while waiting:
                first, loading = waiting.popleft()
                yield first, loading.result()
        finally:
            for _, loading in waiting:
                loading.cancel()


def resident(tensor: Tensor) -> Tensor:
    """Return a tensor on the GPU where it leaves half of the free memory free, else as it is."""
    if seeding.pick_device().type == "cpu" or tensor.nbytes > RESIDENT * torch.cuda.mem_get_info()[0]:
        return tensor
    return tensor.to("cuda")


def rows_of(tensor: Tensor, rows: Tensor) -> Tensor:
    """Return some rows of a tensor on the device, and keep no GPU waiting where the tensor is there already.

    rows: int64 [B], on the CPU.
    """
    found = tensor[rows.to(tensor.device, non_blocking=True)]
    return found.to(seeding.pick_device(), non_blocking=True)


def _each(found: Loaded, change: Callable[[Tensor], Tensor]) -> Loaded:
    """Return what was loaded with each of its tensors changed."""
    if isinstance(found, Tensor):
        return cast("Loaded", change(found))
    if isinstance(found, tuple):
        return cast("Loaded", tuple(_each(one, change) for one in found))
    if is_dataclass(found) and not isinstance(found, type):
        given: dict[str, Any] = {
            field.name: _each(getattr(found, field.name), change) for field in fields(found)
        }
        return cast("Loaded", replace(found, **given))
    return found
