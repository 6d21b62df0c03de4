"""The saved state of a training: it goes on from there, or says that it is damaged."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from damage import one_byte_changed
from safetensors import safe_open
from safetensors.torch import save_file

from mimimi.errors import UserError
from mimimi.training.progress import Progress


def begun() -> Progress:
    torch.manual_seed(0)
    network = torch.nn.Linear(3, 2)
    return Progress(network, torch.optim.AdamW(network.parameters()))


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    progress = begun()
    progress.network(torch.ones(1, 3)).sum().backward()
    progress.optimiser.step()
    progress.epoch, progress.best_epoch, progress.best_loss = 3, 2, 0.25
    progress.best_weights = {"weight": torch.ones(2, 3, dtype=torch.float16)}
    progress.save(tmp_path / "last.safetensors")
    return tmp_path / "last.safetensors"


def state(progress: Progress) -> str:
    optimiser = progress.optimiser.state_dict()["state"]
    return repr((progress, progress.network.state_dict(), optimiser))


def test_it_goes_on_where_it_was(saved: Path) -> None:
    progress = begun()
    progress.load(saved)
    assert (progress.epoch, progress.best_epoch, progress.best_loss) == (3, 2, 0.25)
    assert torch.equal(progress.best_weights["weight"], torch.ones(2, 3, dtype=torch.float16))


def test_one_of_an_earlier_version_has_no_digest(saved: Path) -> None:
    with safe_open(saved, framework="pt") as file:
        header = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    del header["sha256"]
    save_file(tensors, saved, header)
    progress = begun()
    progress.load(saved)
    assert progress.epoch == 3


def test_damage_is_one_sentence_and_no_changed_byte_goes_unnoticed(saved: Path) -> None:
    whole, right = saved.read_bytes(), begun()
    right.load(saved)
    damaged = [b"", b"no state at all", whole[:-1], whole[: len(whole) // 2]]
    damaged += one_byte_changed(whole, 7)
    said = []
    for content in damaged:
        saved.write_bytes(content)
        progress = begun()
        try:
            progress.load(saved)
            assert state(progress).split(",")[1:] == state(right).split(",")[1:]
        except UserError as error:
            said.append(str(error))
    assert len(said) > len(damaged) * 0.9
    assert all(text.startswith(f"{saved} is damaged. Delete it and resume") for text in said)
