"""How long a run takes, over all its networks."""

from dataclasses import replace

import pytest
import torch

from mimimi.recipes import recipe
from mimimi.training.pace import TimeLeft, expected, gains_by_bfloat16

CPU = torch.device("cpu")


def test_the_time_left_is_that_of_all_networks_and_follows_how_it_goes():
    left = TimeLeft([100.0, 50.0, 50.0])
    assert left.of(1, share=0.25, whole=100.0) == (0.125, 175.0)
    assert left.of(1, share=0.25, whole=200.0) == (0.125, 350.0)  # slower than was thought
    assert left.of(3, share=1.0, whole=50.0) == (1.0, 0.0)


def test_twice_the_sound_and_twice_the_epochs_take_four_times_as_long():
    member = recipe("ensemble").members[1]
    longer = replace(member, training=replace(member.training, epochs=120))
    one, two = expected([(member, 3, 100.0), (longer, 3, 200.0)], CPU)
    assert 3.9 < two / one < 4.1  # the pace of a kind of network is tried once


def test_to_try_the_pace_changes_no_draw_of_a_training():
    torch.manual_seed(1)
    before = torch.get_rng_state()
    expected([(recipe("ensemble").members[1], 2, 10.0)], CPU)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize(
    ("able", "device", "gains"),
    [
        ({"avx512_bf16": True}, "cpu", True),
        ({"amx_bf16": True}, "cpu", True),
        ({"avx512_f": True, "avx512_bf16": False}, "cpu", False),
        ({}, "cpu", False),
        ({"avx512_bf16": True}, "cuda", False),
    ],
)
def test_bfloat16_gains_where_the_processor_multiplies_in_it(able, device, gains, monkeypatch):
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: able)
    assert gains_by_bfloat16(torch.device(device)) is gains
