"""What `evaluate --out` leaves: JSON, CSV and pictures, read back from disk."""

from __future__ import annotations

import csv
import io
import json
import struct
import zipfile
from collections import Counter
from pathlib import Path

import matplotlib
import numpy as np
import pytest

from mimimi.data.index import Recording
from mimimi.estimate import Estimate
from mimimi.evaluation import Evaluation, Judgement, ScoredClip
from mimimi.evaluation.files import as_zip, write
from mimimi.evaluation.metrics import auc
from mimimi.evaluation.pictures.plots import Curve, score_distributions, style

IDS = ["id_00", "id_02", "id_04"]


def clip(machine_type, machine_id, label, score, *, corpus="plant", most_similar=None, **marks):
    path = Path(f"{machine_type}/{machine_id}/{label} {score:.6f}.wav")
    return ScoredClip(
        Recording(path, machine_type, machine_id, label, "test", corpus),
        Judgement(machine_id, score, 1.0, 0.8),
        Judgement(most_similar or machine_id, score / 2, 0.5),
        **marks,
    )


def clips(machine_type="fan", corpus="plant", n=12) -> list[ScoredClip]:
    rng = np.random.default_rng(0)
    return [
        clip(
            machine_type,
            i,
            label,
            float(rng.gamma(2, shift)),
            corpus=corpus,
            most_similar=most_similar,
        )
        for i in IDS
        for label, shift in (("normal", 0.2), ("anomaly", 0.8))
        for most_similar in rng.choice(IDS, n)
    ]


def names(files: list[Path]) -> set[str]:
    return {path.name for path in files}


def png_size(path: Path) -> tuple[int, int]:
    content = path.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert content[-8:-4] == b"IEND"
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def test_one_type(tmp_path):
    evaluation = Evaluation(clips(), Counter())
    files = write(evaluation, tmp_path / "new" / "folder", {"split": "dev"})
    pictures = {f"plant_fan_{kind}.png" for kind in ("scores", "roc", "decisions", "ids")}
    assert names(files) == {"evaluation.json", "clips.csv"} | pictures
    assert names(list((tmp_path / "new" / "folder").iterdir())) == names(files)
    for path in files:
        if path.suffix == ".png":
            width, height = png_size(path)
            assert width == 1200
            assert 400 <= height <= 1500
            assert path.stat().st_size < 300_000


def test_json_and_csv_say_the_same(tmp_path):
    bad = ScoredClip(clips()[0].recording, error="bad")
    evaluation = Evaluation([*clips()[:30], bad], Counter())
    write(evaluation, tmp_path, {"split": "dev"})
    saved = json.loads((tmp_path / "evaluation.json").read_text())
    assert saved == {"split": "dev", **evaluation.as_dict()}
    rows = list(csv.DictReader((tmp_path / "clips.csv").open()))
    assert len(rows) == len(saved["clips"]) == len(evaluation.clips)
    assert [row["file"] for row in rows] == [c["file"] for c in saved["clips"]]
    assert float(rows[5]["score_id_given"]) == saved["clips"][5]["score_id_given"]
    assert (rows[-1]["error"], rows[-1]["score_id_given"]) == ("bad", "")


def test_several_types_and_corpora(tmp_path):
    some = clips() + clips("pump") + clips("pump", corpus="simulated")
    found = names(write(Evaluation(some, Counter()), tmp_path, {}))
    assert {"plant_roc.png", "plant_decisions.png", "plant_pump_roc.png"} <= found
    assert "simulated_pump_roc.png" in found
    assert "simulated_roc.png" not in found  # of one type only


def test_figures_that_do_not_exist_are_not_drawn(tmp_path):
    normal = [c for c in clips() if c.is_normal]
    without_anomalies = names(write(Evaluation(normal, Counter()), tmp_path / "a", {}))
    assert "plant_fan_roc.png" not in without_anomalies
    assert "plant_fan_scores.png" in without_anomalies
    anomalous = [c for c in clips() if not c.is_normal]
    without_normal = names(write(Evaluation(anomalous, Counter()), tmp_path / "b", {}))
    assert "plant_fan_ids.png" not in without_normal
    nothing = names(write(Evaluation([], Counter({"fan id_08": 2})), tmp_path / "c", {}))
    assert nothing == {"evaluation.json", "clips.csv"}


def test_odd_names_make_files_of_their_own(tmp_path):
    odd = ["../up", "$1$", "a:b", "A/b", "x" * 300, "no \udcff Unicode\n", "扇風機"]
    some = [clip("fan", "id_00", "anomaly", 1.0, corpus=corpus) for corpus in odd]
    files = write(Evaluation(some, Counter()), tmp_path / "out", {})
    assert len({name.casefold() for name in names(files)}) == 2 + 2 * len(odd)
    assert all(path.parent == tmp_path / "out" and path.is_file() for path in files)


def test_again_into_the_same_folder(tmp_path):
    evaluation = Evaluation([clip("fan", "id_00", "anomaly", 1.0)], Counter())
    first = write(evaluation, tmp_path, {})
    before = {path.name: path.read_bytes() for path in first}
    assert {path.name: path.read_bytes() for path in write(evaluation, tmp_path, {})} == before


def test_a_users_own_style_is_neither_used_nor_changed(tmp_path):
    with matplotlib.rc_context({"figure.facecolor": "red", "savefig.dpi": 10}):
        clip_alone = Evaluation([clip("fan", "id_00", "anomaly", 1.0)], Counter())
        files = write(clip_alone, tmp_path, {})
        assert matplotlib.rcParams["savefig.dpi"] == 10
    assert png_size(next(path for path in files if path.suffix == ".png"))[0] == 1200


@pytest.mark.parametrize("n", [1, 2, 500])
def test_every_clip_is_a_mark_in_its_own_lane(n):
    rng = np.random.default_rng(0)
    normal = [clip("fan", "id_00", "normal", score) for score in rng.gamma(2, 1, n)]
    anomalous = [clip("fan", "id_00", "anomaly", score) for score in rng.gamma(3, 1, n)]
    with style():
        axes = score_distributions({"id_00": normal + anomalous}, "fan").axes[0]
    marks = [line for line in axes.lines if line.get_marker() in ("o", "^")]
    x = np.concatenate([line.get_xdata() for line in marks])
    scores = [c.judgement(True).score for c in normal + anomalous]
    assert sorted(x) == pytest.approx(sorted(scores))
    for line in marks:
        above = np.array(line.get_ydata()) < 0
        assert above.all() if line.get_marker() == "o" else not above.any()


def test_marks_behind_the_threshold_are_hollow():
    some = [clip("fan", "id_00", "normal", s, calibrated_on=s < 0.3) for s in (0.1, 0.2, 0.4)]
    with style():
        axes = score_distributions({"id_00": some}, "fan").axes[0]
    hollow = [line for line in axes.lines if line.get_markerfacecolor() == "white"]
    assert sorted(x for line in hollow for x in line.get_xdata()) == [0.1, 0.2]


@pytest.mark.parametrize(("lowest", "scale"), [(0.001, "log"), (0.5, "linear"), (-1.0, "linear")])
def test_scores_of_several_orders_get_a_logarithmic_scale(lowest, scale):
    some = [clip("fan", "id_00", "normal", s) for s in (lowest, 2.0, 5.0)]
    with style():
        figure = score_distributions({"id_00": some}, "")
        figure.draw_without_rendering()
    axes = figure.axes[0]
    assert axes.get_xscale() == scale
    for label in axes.get_xticklabels():
        assert float(label.get_text().replace("−", "-")) == pytest.approx(label.get_position()[0])


def test_the_area_under_a_mean_curve_is_the_mean_of_the_areas():
    one = [clip("fan", "id_00", label, s) for label, s in (("normal", 0.3), ("normal", 0.1))]
    one += [clip("fan", "id_00", "anomaly", s) for s in (0.2, 0.4, 0.05)]
    two = [clip("fan", "id_02", label, s) for label, s in (("normal", 0.3), ("anomaly", 0.3))]
    unknown = Estimate(0, 0, 0)
    mean = Curve.mean([Curve.of(one, unknown), Curve.of(two, unknown)], unknown)
    rates = mean.detection_rates
    area = np.mean((rates[1:] + rates[:-1]) / 2)
    assert area == pytest.approx((auc([0.3, 0.1], [0.2, 0.4, 0.05]) + 0.5) / 2, abs=1e-3)


def test_the_archive_holds_the_pictures_that_are_written(tmp_path):
    evaluation = Evaluation(clips(), Counter())
    written = {path.name: path.read_bytes() for path in write(evaluation, tmp_path, {})}
    with zipfile.ZipFile(io.BytesIO(as_zip(evaluation))) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    assert held == {name: png for name, png in written.items() if name.endswith(".png")}
