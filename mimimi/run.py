"""A run: from folders of recordings to a saved, calibrated, evaluated detector."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from mimimi import audio, training
from mimimi.calibration import Calibration, Mode, calibrate
from mimimi.config import Recipe
from mimimi.corpus.index import Recording, index
from mimimi.corpus.training_set import TrainingSet
from mimimi.detector import Detector
from mimimi.errors import UserError
from mimimi.evaluation import Evaluation, evaluate
from mimimi.recipes import as_dict
from mimimi.run_folder import RunFolder
from mimimi.saved import replace_file
from mimimi.training import EpochReport, Progress

Log = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """Which recording serves for what; no recording serves twice but where it says so."""

    ids: list[str]
    learn: list[Recording]  # normal: the weights
    patience: list[Recording]  # normal, held out of the training split: when to stop
    normal: list[Recording]  # normal, outside the training split: thresholds, and the figures
    anomalous: list[Recording]  # outside the training split: half for Youden's J, all for AUC


def plan(recordings: Sequence[Recording], recipe: Recipe, log: Log) -> Plan:
    """Divide recordings of one machine type.

    Args:
        recordings: of one machine type.
        recipe: says how many are held out for patience.
        log: told what was decided.

    Raises:
        UserError: there are fewer than two machines to tell apart.

    Example:
        >>> from pathlib import Path
        >>> clips = [Recording(Path(f"{i}{k}"), "fan", i, "normal", "train", "mine")
        ...          for i in ("a", "b") for k in range(10)]
        >>> len(plan(clips, Recipe("paper"), log=lambda line: None).patience)
        4
    """
    train = [r for r in recordings if r.split == "train" and r.label == "normal"]
    ids = sorted({r.machine_id for r in train})
    if len(ids) < 2:
        raise UserError(
            "Training tells machines of one type apart and needs normal recordings of at least two "
            f"of them; there are {len(ids)}. Simulated machines can be the others (simulate)."
        )
    patience = []
    for machine_id in ids:
        own = [r for r in train if r.machine_id == machine_id]
        count = max(1, round(recipe.training.holdout * len(own))) if len(own) >= 4 else 0
        # Not the last ones by name: those may have been recorded on one day.
        patience += random.Random(f"{recipe.training.seed} {machine_id}").sample(own, count)
    rest = [r for r in recordings if r.split != "train" and r.machine_id in ids]
    decided = Plan(
        ids,
        [r for r in train if r not in patience],
        patience,
        [r for r in rest if r.label == "normal"],
        [r for r in rest if r.label == "anomaly"],
    )
    log(
        f"{len(ids)} machines: {', '.join(ids)}; normal recordings: {len(decided.learn)} to learn "
        f"from, {len(patience)} held out for patience, {len(decided.normal)} for the thresholds; "
        f"{len(decided.anomalous)} anomalous recordings, none of them for training"
    )
    return decided


def make_detector(
    roots: Sequence[Path],
    machine_type: str,
    recipe: Recipe,
    out: Path,
    *,
    device: str = "auto",
    resume: bool = False,
    say: Log,
    on_batch: Callable[[EpochReport | None, int, int, float], None] | None = None,
) -> Evaluation | None:
    """Train, calibrate, evaluate and save a detector; `out` is run and detector.

    Args:
        roots: folders of recordings.
        machine_type: such as "fan".
        recipe: what is trained how.
        out: the run's folder.
        device: "auto", "cpu", "cuda", ...
        resume: go on with a run that was stopped.
        say: told in one line what was decided; the same lines go to `train.log`.
        on_batch: called with the last epoch's report, the epoch, the share of it that is done,
            and the seconds left as far as they can be told.

    Returns:
        Figures on the recordings outside the training split, if any of them is anomalous.

    Raises:
        UserError: there is too little to train from, or `out` holds something else.
    """
    folder = RunFolder(out)
    where = _device(device)
    asked = {
        "data": [str(Path(root).resolve()) for root in roots],
        "machine_type": machine_type,
        "recipe": as_dict(recipe),
    }
    decisions: list[str] = []
    decided = plan(index(roots, machine_type, decisions.append), recipe, decisions.append)
    folder.begin(asked, resume=resume)  # only now: a mistake in the data leaves no folder behind

    def log(line: str) -> None:
        folder.log(line)
        say(line)

    try:
        log(f"recipe {recipe.name}, {where}, {torch.get_num_threads()} threads")
        for line in decisions:
            log(line)
        progress = _train(folder, decided, recipe, where, log, on_batch)
        detector, evaluation = _finish(decided, recipe, machine_type, progress, log)
        detector.save_pretrained(out)
        if evaluation:
            text = json.dumps(evaluation.as_dict(), indent=1, allow_nan=False) + "\n"
            replace_file(out / "evaluation.json", text.encode())
            log(f"figures on recordings outside the training split:\n{evaluation.as_table()}")
        folder.state("finished", epoch=progress.epoch, best_epoch=progress.best_epoch)
        log(f"saved: {out}")
        return evaluation
    except KeyboardInterrupt:
        folder.state("stopped")
        log("stopped; go on with --resume")
        raise
    except BaseException as error:
        folder.state("failed", error=f"{type(error).__name__}: {error}")
        folder.log(f"failed: {type(error).__name__}: {error}")
        raise


def _train(
    folder: RunFolder,
    decided: Plan,
    recipe: Recipe,
    device: torch.device,
    log: Log,
    on_batch: Callable[[EpochReport | None, int, int, float], None] | None,
) -> Progress:
    front_end = recipe.front_end
    learn = TrainingSet(decided.learn, decided.ids, front_end, log)
    patience = (
        TrainingSet(decided.patience, decided.ids, front_end, log) if decided.patience else None
    )
    log(f"{len(learn.used)} recordings, {learn.seconds / 60:.1f} minutes counted by channel")
    progress = training.begin(len(decided.ids), recipe, device)
    folder.load(progress)
    if progress.epoch:
        log(f"resumed after epoch {progress.epoch}")
    epochs = recipe.training.epochs
    total = learn.seconds / front_end.window_samples * front_end.sample_rate
    began, first, report = time.monotonic(), progress.epoch, None

    def batch_done(epoch: int, windows: int) -> None:
        share = min(1.0, windows / total)
        done = epoch - 1 + share - first
        left = (epochs - first - done) * (time.monotonic() - began) / done
        folder.metric_now_and_then(epoch=epoch, windows=windows, seconds_left=round(left))
        if on_batch:
            on_batch(report, epoch, epochs, left)

    def epoch_done(progress: Progress, done: EpochReport) -> None:
        nonlocal report
        report = done
        folder.save(progress)
        folder.metric(**asdict(done))
        heldout = (
            f"held out {done.heldout_loss:.3f}, recognised {done.heldout_accuracy:.0%}"
            if done.heldout_loss is not None
            else "nothing held out"
        )
        log(
            f"epoch {done.epoch}/{done.epochs}: loss magnitude {done.loss_magnitude:.3f}, complex "
            f"{done.loss_complex:.3f}, total {done.loss_total:.3f}; {heldout}; best epoch "
            f"{done.best_epoch}; {done.windows_per_second:.0f} windows/s"
        )

    training.train(progress, recipe, learn, patience, device, batch_done, epoch_done)
    log(f"{progress.epoch} epochs; the weights of epoch {progress.best_epoch} are kept")
    return progress


def _finish(
    decided: Plan, recipe: Recipe, machine_type: str, progress: Progress, log: Log
) -> tuple[Detector, Evaluation | None]:
    from mimimi.model_card import about

    detector = Detector(
        machine_type=machine_type,
        ids=decided.ids,
        front_end=recipe.front_end,
        network_config=recipe.network,
        network=progress.network,
        calibration=Calibration({}, []),
        learnt=_hashes([*decided.learn, *decided.patience]),
    )
    normal = decided.normal
    if not normal:
        normal = decided.patience or decided.learn
        log(
            "no normal recordings outside the training split: thresholds come from recordings of "
            "it and promise too much; hold some recordings out (split test in index.csv)"
        )
    # Every second anomalous recording of a machine finds Youden's threshold, the others report it.
    fitting = [
        recording
        for machine_id in decided.ids
        for recording in [r for r in decided.anomalous if r.machine_id == machine_id][::2]
    ]
    corpora = {r.machine_id: r.corpus for r in decided.learn}
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
    if decided.anomalous and decided.normal:
        evaluation = evaluate(detector, [*decided.normal, *decided.anomalous])
    detector.about = about(detector, recipe, decided.learn, progress.epoch, evaluation)
    return detector, evaluation


def _scores(
    detector: Detector, recordings: Sequence[Recording], log: Log
) -> dict[Mode, dict[str, list[float]]]:
    """Scores by mode and id; with the id guessed a recording counts for the id guessed."""
    found: dict[Mode, dict[str, list[float]]] = {"given": {}, "guessed": {}}
    for recording in recordings:
        try:
            scores = detector.measure(audio.read(recording.path)).ids
        except UserError as error:
            log(f"left out: {error}")
            continue
        given, guessed = detector.ids.index(recording.machine_id), int(scores.argmin())
        found["given"].setdefault(recording.machine_id, []).append(float(scores[given]))
        found["guessed"].setdefault(detector.ids[guessed], []).append(float(scores[guessed]))
    return found


def _hashes(recordings: Sequence[Recording]) -> set[str]:
    hashes = set()
    for recording in recordings:
        with suppress(UserError):  # it was left out where it was to be used, and that was logged
            hashes.add(audio.recording_hash(recording.path))
    return hashes


def _device(name: str) -> torch.device:
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError) as error:
        raise UserError(f"There is no device {name!r} here; use --device cpu.") from error
    return torch.device(name)
