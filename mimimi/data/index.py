"""Which recordings lie under a folder, and what each one is: machine, label, split."""

from __future__ import annotations

import csv
import logging
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast

from mimimi.errors import CorpusError
from mimimi.terminal import Log

INDEX_NAME = "index.csv"
COLUMNS = ("path", "machine_type", "machine_id", "label", "split")
AUDIO_SUFFIXES = (".wav", ".flac", ".ogg", ".mp3")

MIMII_CLIP = re.compile(r"(?P<type>[^/]+)/(?P<id>id_\w+)/(?P<label>normal|abnormal)/[^/]+$")
DCASE_CLIP = re.compile(
    r"(?P<type>[^/]+)/(?P<split>train|test)/(?P<label>normal|anomaly)_(?P<id>id_[^_]+)_[^/]+$"
)
MIMII_NOISE_LEVEL = re.compile(r"/(-?\d+)_dB_[^/]+/")
UNDECIDED = ""  # the split of a MIMII clip until `_hold_out` has seen all of its machine

logger = logging.getLogger(__name__)
Label = Literal["normal", "anomaly"]


@dataclass(frozen=True)
class Recording:
    """One recording, whatever its number of channels, and what is known of it."""

    path: Path
    machine_type: str
    machine_id: str
    label: Label
    split: str  # "train", "test", or as an index.csv says ("dev", ...)
    corpus: str  # what an index.csv says, MIMII, or the name of the root folder
    fault: str = ""  # what is wrong with the machine, where an index.csv says so

    @property
    def machine(self) -> str:
        """The machine among those of all types, such as "fan id_00"."""
        return f"{self.machine_type} {self.machine_id}"


def index(
    roots: Sequence[str | Path],
    machine_type: str | None = None,
    log: Log = logger.info,
) -> list[Recording]:
    """List the recordings under one or several folders.

    Three layouts are known, side by side and at any depth:

    * an `index.csv` with the columns path (relative to it), machine_type, machine_id, label
      (normal or anomaly) and split; corpus and fault are read where they exist, other columns
      ignored. It speaks for its whole folder: nothing else in there is looked at;
    * DCASE 2020 Task 2, development set: `fan/train/normal_id_00_00000000.wav`;
    * MIMII: `6_dB_fan/fan/id_00/normal/00000000.wav`. It has no splits, so the rule of its
      baseline (Purohit et al. 2019) makes them: of each machine, as many normal clips as there
      are anomalous ones, the first by name, are held out as "test" beside the anomalous ones;
      the rest, and at least one clip, is "train".

    Args:
        roots: folders; a machine type's own folder (`fan`) will do.
        machine_type: only recordings of this type.
        log: told, a sentence at a time, what was decided.

    Returns:
        Each recording once, sorted by machine type, machine id, corpus and path.

    Raises:
        CorpusError: no recordings (of that type), or an index.csv that cannot be followed.

    Example:
        >>> index(["no/such/folder"])
        Traceback (most recent call last):
        mimimi.errors.CorpusError: no/such/folder is not a folder; give one that holds recordings.
    """
    folders = [Path(root) for root in roots]
    names = [Path(os.path.abspath(folder)).name for folder in folders]
    found: list[Recording] = []
    for folder, name in zip(folders, names, strict=True):
        corpus = name if names.count(name) == 1 else str(folder)
        found += _under(folder, corpus, machine_type, log)
    chosen = [r for r in found if machine_type in (None, r.machine_type)]
    if not chosen:
        types = ", ".join(sorted({r.machine_type for r in found}))
        raise CorpusError(f"No recordings of type {machine_type!r}; there are: {types}.")
    recordings = _hold_out(_each_once(chosen, log), log)
    _say_what_is_one_machine(recordings, log)
    return sorted(
        recordings, key=lambda r: (r.machine_type, r.machine_id, r.corpus, r.path.as_posix())
    )


def _under(root: Path, corpus: str, machine_type: str | None, log: Log) -> list[Recording]:
    if not root.is_dir():
        raise CorpusError(f"{root} is not a folder; give one that holds recordings.")
    recordings, strangers = [], []
    for folder, files in _folders(root):
        if INDEX_NAME in files:
            recordings += list(_listed(folder / INDEX_NAME, corpus, machine_type))
            continue
        for path in (folder / name for name in files if name.lower().endswith(AUDIO_SUFFIXES)):
            recording = _from_layout(path, corpus)
            if recording is None:
                strangers.append(path)
            else:
                recordings.append(recording)
    if not recordings:
        raise CorpusError(
            f"No recordings found in {root}: it needs an {INDEX_NAME}, or files like "
            "fan/id_00/normal/*.wav or fan/train/normal_id_00_*.wav."
        )
    if strangers:
        log(f"{root}: sound files that fit no layout, left out: {len(strangers)} ({strangers[0]}).")
    return recordings


def _folders(root: Path) -> Iterator[tuple[Path, list[str]]]:
    """Every folder with its visible files; below an index.csv nothing is looked at."""
    seen = set()  # links are followed, and must not lead round in circles
    for folder, subfolders, files in os.walk(root, followlinks=True):
        place = os.path.realpath(folder)
        if INDEX_NAME in files or place in seen:
            subfolders.clear()
        if place not in seen:
            seen.add(place)
            subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
            yield Path(folder), sorted(name for name in files if not name.startswith("."))


def _from_layout(path: Path, corpus: str) -> Recording | None:
    posix = Path(os.path.abspath(path)).as_posix()
    if dcase := DCASE_CLIP.search(posix):
        label = cast(Label, dcase["label"])
        return Recording(path, dcase["type"], dcase["id"], label, dcase["split"], corpus)
    if mimii := MIMII_CLIP.search(posix):
        label = "normal" if mimii["label"] == "normal" else "anomaly"
        return Recording(
            path, mimii["type"], mimii["id"], label, UNDECIDED, _published(path) or corpus
        )
    return None


def _listed(table: Path, corpus: str, machine_type: str | None) -> Iterator[Recording]:
    folder = os.path.abspath(table.parent)
    try:
        with table.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
            if missing:
                raise CorpusError(f"{table}, line 1: missing column {', '.join(missing)}.")
            for row in reader:
                where = f"{table}, line {reader.line_num}"
                empty = [name for name in COLUMNS if not row[name]]
                if empty:
                    raise CorpusError(f"{where}: nothing stands under {', '.join(empty)}.")
                if row["label"] not in ("normal", "anomaly"):
                    raise CorpusError(
                        f"{where}: the label must be normal or anomaly, not {row['label']!r}."
                    )
                path = table.parent / row["path"]
                if not Path(os.path.abspath(path)).is_relative_to(folder):
                    raise CorpusError(f"{where}: {row['path']} lies outside the folder {folder}.")
                # A part of a corpus may be at hand: only what is asked for must be there.
                if machine_type in (None, row["machine_type"]) and not path.is_file():
                    raise CorpusError(f"{where}: the file {row['path']} does not exist.")
                yield Recording(
                    path=path,
                    machine_type=row["machine_type"],
                    machine_id=row["machine_id"],
                    label=cast(Label, row["label"]),
                    split=row["split"],
                    corpus=row.get("corpus")
                    or ("simulated" if row.get("simulator_version") else None)
                    or _published(path)
                    or corpus,
                    fault=row.get("fault") or "",
                )
    except (UnicodeDecodeError, csv.Error) as error:
        raise CorpusError(f"{table} is not a table of comma-separated UTF-8 text.") from error


def _published(path: Path) -> str | None:
    """The public corpus that a path can only come from: only MIMII is laid out by noise level."""
    return "MIMII" if MIMII_NOISE_LEVEL.search(Path(os.path.abspath(path)).as_posix()) else None


def _each_once(recordings: Sequence[Recording], log: Log) -> list[Recording]:
    """Roots may overlap and links may meet, and a recording must not count twice."""
    unique: dict[str, Recording] = {}
    for recording in recordings:
        unique.setdefault(os.path.realpath(recording.path), recording)
    if len(unique) < len(recordings):
        log(f"{len(recordings) - len(unique)} recordings were given twice and count once.")
    return list(unique.values())


def _hold_out(recordings: Sequence[Recording], log: Log) -> list[Recording]:
    """Make the splits that MIMII lacks, by its baseline's rule.

    Each folder of an id is split by itself, in the order of the names: a clip of MIMII has the
    same name at each noise level, so that what is held out at one is held out at all.
    """
    decided = [r for r in recordings if r.split != UNDECIDED]
    machines: dict[Path, list[Recording]] = defaultdict(list)
    for recording in recordings:
        if recording.split == UNDECIDED:
            machines[recording.path.parent.parent].append(recording)
    splits: dict[str, Counter[str]] = defaultdict(Counter)
    for folder, clips in machines.items():
        normal = sorted((r for r in clips if r.label == "normal"), key=lambda r: r.path.name)
        anomalous = [r for r in clips if r.label == "anomaly"]
        held_out = max(0, min(len(anomalous), len(normal) - 1))
        if held_out < len(anomalous):
            log(
                f"{folder}: {len(anomalous)} anomalous clips but only {len(normal)} normal ones, "
                f"so {held_out} are held out and {len(normal) - held_out} left for training."
            )
        test, train = [*normal[:held_out], *anomalous], normal[held_out:]
        decided += [replace(r, split="test") for r in test]
        decided += [replace(r, split="train") for r in train]
        splits[clips[0].machine_type].update(test=len(test), train=len(train))
    for machine_type, count in sorted(splits.items()):
        log(
            f"{machine_type}: the folders name no splits, so in each machine's folder as many "
            "normal clips are held out as there are anomalous ones (the MIMII baseline's rule): "
            f"{count['train']} clips train, {count['test']} test."
        )
    return decided


def _say_what_is_one_machine(recordings: Iterable[Recording], log: Log) -> None:
    corpora: dict[tuple[str, str], set[str]] = defaultdict(set)
    levels: dict[tuple[str, str], set[str]] = defaultdict(set)
    for recording in recordings:
        machine = (recording.machine_type, recording.machine_id)
        corpora[machine].add(recording.corpus)
        if level := MIMII_NOISE_LEVEL.search(Path(os.path.abspath(recording.path)).as_posix()):
            levels[machine].add(f"{level[1]} dB")
    for what, places in (("corpora", corpora), ("noise levels", levels)):
        for (machine_type, machine_id), names in sorted(places.items()):
            if len(names) > 1:
                log(
                    f"{machine_type} {machine_id} is in several {what} "
                    f"({', '.join(sorted(names))}) and taken for one machine."
                )
