"""The accuracy table's frame: the same clips, kept scores, and choosing apart from reporting."""

from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.accuracy import baselines, compare, few_shot
from benchmarks.accuracy.ablations import VARIANTS, Ablated, Plan, ablation, without_phase
from benchmarks.accuracy.clips import Clips, Kept, Row, Scores
from benchmarks.accuracy.nested_choice import choose, difference, folds
from benchmarks.accuracy.table import Measured
from mimimi.simulate import write_corpus


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Clips:
    root = tmp_path_factory.mktemp("simulated")
    write_corpus(root, types=["fan", "valve"], ids=2, clips=3)
    return Clips.under(root)


def row(name: str, group: str = "baselines") -> Row:
    return Row(name, group, name, "made up", lambda clips, seed: {}, seeds_matter=False)


def right_on(clips: Clips, machines: set[str]) -> Scores:
    """Scores that tell anomalies of these machines, and are inverted on the others."""
    sign = {name: 1 if name in machines else -1 for name in clips.machines}
    return {
        clips.name(r): sign[r.machine] * (1.0 if r.label == "anomaly" else 0.0)
        for r in clips.report
    }


def measured(clips: Clips, name: str, machines: set[str]) -> Measured:
    return Measured.of(row(name), {0: right_on(clips, machines)}, clips)


def test_figures_are_means_over_machines_and_over_seeds(clips: Clips) -> None:
    one, other = right_on(clips, {"fan id_50", "valve id_50"}), right_on(clips, set(clips.machines))
    of = Measured.of(row("some"), {0: one, 1: other}, clips)
    assert of.by_place["fan id_50"][0].value == 1.0
    assert of.by_place["fan id_51"][0].value == 0.5
    assert of.by_place["mean"][0].value == 0.75
    assert of.seed_means == [0.5, 1.0]


def test_what_is_chosen_was_not_chosen_on_what_it_is_reported_on(clips: Clips) -> None:
    # Each is right where the other is wrong: whatever is best on one half is worst on the other.
    halves = folds(clips.machines)
    rows = {str(k): measured(clips, str(k), set(half)) for k, half in enumerate(halves)}
    choice = choose(rows, clips)
    assert choice.auc.value == 0.0
    assert choice.looks_like == 0.5


def test_a_row_is_no_better_than_itself_and_all_better_than_its_inverse(clips: Clips) -> None:
    right, wrong = measured(clips, "a", set(clips.machines)), measured(clips, "b", set())
    assert difference(right, right, clips).high == 0.0
    assert difference(right, wrong, clips).low == 1.0


def test_kept_scores_count_only_for_what_they_were_made_with(clips: Clips, tmp_path: Path) -> None:
    kept, scores = Kept(tmp_path), right_on(clips, set())
    kept.keep(row("a"), 0, scores, seconds=1.0)
    assert kept.scores(row("a"), 0, clips) == scores
    assert kept.scores(row("a"), 1, clips) is None
    changed = Row("a", "baselines", "a", "made otherwise", lambda clips, seed: {})
    assert kept.scores(changed, 0, clips) is None
    fewer = Clips(clips.root, clips.learn, clips.report[1:])
    assert kept.scores(row("a"), 0, fewer) is None


def test_rows_are_run_alone_once_and_the_others_are_said_not_to_be_run(
    clips: Clips, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [str(clips.root), "--out", f"{tmp_path}/kept", "--tables", str(tmp_path)]
    arguments += ["--detectors", "--rows", "mahalanobis", "nearest"]
    compare.main(arguments)
    first = capsys.readouterr().out
    assert "nearest, seed 0 ..." in first
    line = next(line for line in first.splitlines() if "DCASE 2020 autoencoder" in line)
    assert line.split("autoencoder")[1].strip() == "not run"
    assert "fan, unbalance" in first  # faults that the corpus names
    table = (tmp_path / "accuracy.csv").read_text(encoding="utf-8")
    assert "autoencoder,DCASE 2020 autoencoder,0,not run,,,,,," in table
    assert (tmp_path / "accuracy.png").stat().st_size > 10_000
    compare.main(arguments)
    again = capsys.readouterr().out
    assert "seed 0 ..." not in again
    assert again.splitlines()[-3:] == first.splitlines()[-3:]


def test_the_autoencoder_rebuilds_what_it_has_learnt_better_than_other_sounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(baselines, "EPOCHS", 100)
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((2, 20_000)).astype(np.float32)
    learnt = baselines.stacked(noise[0])
    assert learnt.shape == (20_000 // 512 + 1 - 4, 640)
    network = baselines._train(learnt, seed=0)
    with torch.inference_mode():
        normal, quieter = baselines.stacked(noise[1]), baselines.stacked(noise[1] / 10)
        errors = [float((network(x) - x).square().mean()) for x in (normal, quieter)]
    assert errors[0] < errors[1] / 2


def test_stacked_frames_are_neighbours_in_time() -> None:
    samples = np.random.default_rng(1).standard_normal(16_000).astype(np.float32)
    frames, vectors = baselines.log_mel(samples).T, baselines.stacked(samples)
    assert torch.equal(vectors[3], frames[3:8].flatten())


def test_only_the_branches_that_are_left_are_trained() -> None:
    network = Ablated(4, VARIANTS["magnitude-only"], width=0.1)
    (logits,) = network(torch.randn(2, 2, 513, 64))
    logits.sum().backward()
    assert network.network.magnitude_head.weight.grad is not None
    assert network.network.complex_head.weight.grad is None


def test_without_attention_the_total_head_reads_the_features_as_they_are() -> None:
    network = Ablated(4, VARIANTS["no-attention"], width=0.1).eval()
    output = network.network(torch.randn(2, 2, 513, 64))
    head = network.network.total_head
    features = torch.cat((output.complex, output.magnitude), dim=1)
    # Pooling and a linear head may change places.
    expected = features @ head.weight[:, :, 0, 0].T + head.bias
    torch.testing.assert_close(output.total, expected, rtol=1e-3, atol=1e-4)


def test_without_phase_a_turned_spectrum_is_the_same() -> None:
    z = torch.randn(2, 513, 64, dtype=torch.complex64)
    turned = z * torch.exp(1j * torch.randn(2, 513, 64))
    plain, other = (without_phase(torch.stack((x.real, x.imag), dim=1)) for x in (z, turned))
    torch.testing.assert_close(plain, other)


def test_few_shot_draws_as_many_clips_of_each_machine_and_other_ones_by_seed(clips: Clips) -> None:
    draws = [few_shot.drawn(clips, 1, seed) for seed in range(5)]
    for draw in draws:
        assert [r.machine for r in draw.learn] == clips.machines
        assert draw.report == clips.report
    assert len({tuple(r.path for r in draw.learn) for draw in draws}) > 1


def test_an_ablation_is_trained_and_scores_every_clip(clips: Clips) -> None:
    plan = Plan(width=0.05, steps=2, batch_size=4)
    scores = ablation(VARIANTS["no-phase"], plan)(clips, 0)
    assert scores.keys() == {clips.name(r) for r in clips.report}
    assert np.isfinite(list(scores.values())).all()
