"""From trained networks to a detector: one scale, thresholds, figures, card."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mimimi import audio
from mimimi.config import FrontEnd, MemberRecipe, Recipe
from mimimi.data.decoded import decode
from mimimi.data.index import Recording
from mimimi.detector import line_baseline
from mimimi.detector.calibration import Calibration, Mode, calibrate
from mimimi.detector.config import MemberConfig
from mimimi.detector.detector import Detector
from mimimi.detector.member import listen
from mimimi.detector.recording_scores import RecordingScores
from mimimi.detector.references import gather
from mimimi.detector.scoring import recording_score, segment_scores, window_scores
from mimimi.detector.spectral_baseline import SpectralBaseline, features, fit
from mimimi.errors import UserError
from mimimi.evaluation import Evaluation, evaluate
from mimimi.features.segments import split
from mimimi.networks.build import Network
from mimimi.terminal import Log
from mimimi.training.split import DataSplit, TrainValidationSplit

_SMALLEST_DEVIATION = 0.1  # nats: recordings all alike are no scale


@dataclass(frozen=True)
class Trained:
    """A network after its training, and what it was trained from."""

    recipe: MemberRecipe
    division: TrainValidationSplit
    network: Network
    epochs: int
    scale: tuple[float, float]  # mean and deviation of its scores of held-out normal recordings


@torch.inference_mode()
def scale(
    network: Network, recipe: MemberRecipe, division: TrainValidationSplit, log: Log
) -> tuple[float, float]:
    """Mean and deviation of a network's scores of the normal recordings held out from it.

    Over all the machines it learnt, whatever their types: few recordings of one type alone have
    a deviation by accident, and a network that never errs on them would drown all others.

    Args:
        network: trained.
        recipe: that it was trained by.
        division: says which recordings were held out; where none was, those it learnt from serve.
        log: told the figures, and which recordings had to be left out.

    Returns:
        In nats.
    """
    network.eval()
    device = next(network.parameters()).device
    scores = []
    for recording in division.validation or division.training:
        try:
            samples = _segments(audio.read(recording.path), recipe.front_end)
        except UserError as error:
            log(f"left out: {error}")
            continue
        heard = listen(network, recipe.front_end, torch.from_numpy(samples).to(device))
        by_machine = recording_score(segment_scores(window_scores(heard.logits)))
        scores.append(float(by_machine[division.machines.index(recording.machine)]))
    mean = float(np.mean(scores)) if scores else 0.0
    deviation = float(np.std(scores, ddof=1)) if len(scores) > 1 else 1.0
    log(
        f"{recipe.name}: {len(scores)} held-out normal recordings score {mean:.3f} with a "
        f"deviation of {deviation:.3f} nats"
    )
    return mean, max(deviation, _SMALLEST_DEVIATION)


def round_to_half(network: Network) -> None:
    """Round kernels and matrices to half precision, in which a detector is saved.

    Before anything is measured with them, so that a loaded detector judges as the trained one.
    Means and variances stay as they are: they may be beyond its range.
    """
    with torch.no_grad():
        for weights in network.parameters():
            if weights.dim() > 1:
                weights.copy_(weights.half())


def assemble(
    plan: DataSplit, recipe: Recipe, trained: Sequence[Trained], decoded: Path, log: Log
) -> tuple[Detector, Evaluation | None]:
    """Make a calibrated detector of one machine type.

    Args:
        plan: of the machine type.
        recipe: that its networks were trained by.
        trained: its networks, in the order of the recipe's members.
        decoded: where the recordings learnt are kept decoded.
        log: told what was decided.

    Returns:
        The detector, and its figures if there are anomalous recordings.
    """
    from mimimi.detector.publishing.model_card import about

    detector = Detector(
        machine_type=plan.machine_type,
        ids=plan.ids,
        members=[
            MemberConfig(
                t.recipe.name,
                t.recipe.front_end,
                t.recipe.network,
                tuple(t.division.machines),
                *(t.scale if len(trained) > 1 else (0.0, 1.0)),  # alone it stays in nats
            )
            for t in trained
        ],
        networks={t.recipe.name: t.network for t in trained},
        calibration=Calibration({}, []),
        learnt=_hashes(
            [r for t in trained for r in (*t.division.training, *t.division.validation)]
        ),
    )
    normal = plan.normal
    if not normal:
        held_out = {r for t in trained for r in t.division.validation}
        normal = [r for r in plan.train if r in held_out] or plan.train
        log(
            "no normal recordings outside the training split: thresholds come from recordings of "
            "it and promise too much; hold some recordings out (split test in index.csv)"
        )
    # Every second anomalous recording of a machine finds Youden's threshold, the others report it.
    fitting = [
        recording
        for machine_id in plan.ids
        for recording in [r for r in plan.anomalous if r.machine_id == machine_id][::2]
    ]
    corpora = {r.machine_id: r.corpus for r in plan.train}
    detector.calibration = calibrate(
        _scores(detector, normal, log), corpora, _scores(detector, fitting, log)
    )
    detector.calibrated = _hashes([*normal, *fitting])
    for entry in detector.calibration.thresholds:
        log(
            f"threshold {entry.threshold.value:.4f} for {', '.join(entry.judges)}, id {entry.mode}"
            f": {entry.threshold.how}"
        )
    evaluation = None
    if plan.anomalous and plan.normal:
        evaluation = evaluate(detector, [*plan.normal, *plan.anomalous])
    detector.familiar, detector.known_limit = _familiar(
        plan, normal, detector.front_end, decoded, log
    )
    detector.holds_lines = detector.familiar is not None
    detector.references, detector.sounds = gather(
        detector,
        {
            machine_id: [r.path for r in plan.train if r.machine_id == machine_id]
            for machine_id in plan.ids
        },
    )
    epochs = {t.recipe.name: t.epochs for t in trained}
    learnt = {r for t in trained for r in t.division.training}
    detector.about = about(detector, recipe, sorted(learnt, key=str), epochs, evaluation)
    return detector, evaluation


def _familiar(
    plan: DataSplit, held_out: Sequence[Recording], front_end: FrontEnd, decoded: Path, log: Log
) -> tuple[SpectralBaseline | None, float | None]:
    """What is known, from every channel of the recordings learnt; limited by the held-out ones."""
    recordings = [r for r in plan.train if r not in held_out] or plan.train

    def learnt(machine_id: str) -> Iterator[Tensor]:
        return _sounds([r for r in recordings if r.machine_id == machine_id], front_end, decoded)

    colours = {i: [features(segments) for segments in learnt(i)] for i in plan.ids}
    heard = []
    for recording in held_out:
        with suppress(UserError):
            segments = _segments(audio.read(recording.path), front_end)
            heard.append(features(torch.from_numpy(segments)))
    if not heard or not all(colours.values()):
        log("not every machine has recordings to know it by: strangers will not be found out")
        return None, None
    known, limit = fit({i: torch.cat(found) for i, found in colours.items()}, heard)
    return replace(known, lines=line_baseline.fit({i: learnt(i) for i in plan.ids})), limit


def _sounds(
    recordings: Sequence[Recording], front_end: FrontEnd, decoded: Path
) -> Iterator[Tensor]:
    """The segments of each channel of recordings, `(segment, time)`."""
    for recording in recordings:
        with suppress(UserError):  # it was left out where it was to be learnt
            whole = decode(recording.path, decoded)
            for channel in range(whole.channels):
                samples = whole.samples(channel, 0, whole.length)
                waveform = audio.from_array(samples, front_end.sample_rate)
                yield torch.from_numpy(_segments(waveform, front_end))


def _segments(waveform: audio.Waveform, front_end: FrontEnd) -> NDArray[np.float32]:
    return np.stack([segment.samples for segment in split(waveform, front_end)])


def _measured(detector: Detector, recording: Recording, log: Log) -> RecordingScores | None:
    try:
        return detector.measure(audio.read(recording.path))
    except UserError as error:
        log(f"left out: {error}")
        return None


def _scores(
    detector: Detector, recordings: Sequence[Recording], log: Log
) -> Mapping[Mode, dict[str, list[float]]]:
    """Scores by mode and id; with the id guessed a recording counts for the id guessed."""
    found: dict[Mode, dict[str, list[float]]] = {"given": {}, "guessed": {}}
    for recording in recordings:
        if measured := _measured(detector, recording, log):
            scores = measured.ids
            given, guessed = detector.ids.index(recording.machine_id), int(scores.argmin())
            found["given"].setdefault(recording.machine_id, []).append(float(scores[given]))
            found["guessed"].setdefault(detector.ids[guessed], []).append(float(scores[guessed]))
    return found


def _hashes(recordings: Sequence[Recording]) -> set[str]:
    hashes = set()
    for recording in set(recordings):
        with suppress(UserError):  # it was left out where it was to be used, and that was logged
            hashes.add(audio.recording_hash(recording.path))
    return hashes
