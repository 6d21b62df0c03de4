import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from charts import spectrogram, timeline, verdict_figures
from mimimi.config import SAMPLE_RATE, FrontEnd
from mimimi.detector.verdict import Window
from mimimi.evaluation.pictures import palette

FRONT_END = FrontEnd()
ROOT = Path(__file__).resolve().parents[2]
THEMES = ROOT / ".streamlit" / "config.toml"


def tone(hertz: float, seconds: float) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE)


@pytest.fixture(scope="module")
def picture() -> spectrogram.Picture:
    return spectrogram.draw(np.random.default_rng(0).standard_normal(SAMPLE_RATE * 5), FRONT_END)


def windows(*starts: float) -> list[Window]:
    return [Window(start, 2.048, 1.0 + start) for start in starts]


def test_figures_are_drawn_while_another_thread_imports_pandas():
    script = f"""if True:
        import sys, threading
        sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "app")!r}]
        from charts import course
        for_a_table = threading.Thread(target=lambda: __import__("pandas"))
        for_a_table.start()
        course.in_short([], [], (0.0, 1.0))
        while for_a_table.is_alive():
            course.in_short([], [], (0.0, 1.0))
    """
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# --- pictures: what the arrays say of a known sound


def test_a_full_scale_tone_reads_0_db():
    picture = spectrogram.draw(tone(64 * 15.625, 3.0), FRONT_END)
    assert picture.level[64, 5:-5] == pytest.approx(0.0, abs=0.01)
    assert picture.frequencies[64] == pytest.approx(1.0)


@pytest.mark.parametrize("offset", [-6.0, 0.0, 4.5])
def test_the_change_of_phase_reads_how_far_a_tone_lies_from_its_bin(offset):
    picture = spectrogram.draw(tone(64 * 15.625 + offset, 3.0), FRONT_END)
    assert picture.deviation[64, 5:-5] == pytest.approx(offset, abs=0.05)


def test_the_raw_phase_of_a_delayed_tone_turns_back():
    hertz, delay = 64 * 15.625, 4  # samples
    here, later = (
        spectrogram.draw(tone(hertz, 3.0)[n : SAMPLE_RATE + n], FRONT_END) for n in (delay, 0)
    )
    turned = np.angle(np.exp(1j * (here.phase - later.phase)))[64, 5:-5]
    assert turned == pytest.approx(2 * np.pi * hertz * delay / SAMPLE_RATE, abs=0.01)


def test_a_long_recording_is_drawn_in_bounded_size_and_keeps_its_loudest_moments():
    samples = 0.001 * np.random.default_rng(0).standard_normal(SAMPLE_RATE * 120)
    click = 70 * SAMPLE_RATE
    samples[click : click + 8] = 1.0
    picture = spectrogram.draw(samples, FRONT_END)
    assert picture.level.shape[1] <= spectrogram.MAX_COLUMNS
    loudest = picture.times[picture.level.mean(axis=0).argmax()]
    assert loudest == pytest.approx(70.0, abs=0.3)


def test_drawing_piece_by_piece_gives_the_same_picture(monkeypatch):
    samples = np.random.default_rng(0).standard_normal(SAMPLE_RATE * 30)
    whole = spectrogram.draw(samples, FRONT_END)
    monkeypatch.setattr(spectrogram, "_FRAMES_AT_ONCE", 100)
    pieces = spectrogram.draw(samples, FRONT_END)
    for view in ("times", "level", "phase", "deviation"):
        assert np.allclose(getattr(whole, view), getattr(pieces, view), atol=1e-3, equal_nan=True)


# --- figures


def test_all_pictures_hang_on_one_time_axis(picture):
    figure = timeline.time_pictures(windows(0.0, 2.048), 1.9, picture, "change")
    assert {trace.xaxis or "x" for trace in figure.data} == {"x"}
    assert [axis for axis in figure.to_dict()["layout"] if axis.startswith("xaxis")] == ["xaxis"]
    assert figure.layout.yaxis3.matches == "y2"


def test_the_time_axis_ends_where_the_last_window_does(picture):
    figure = timeline.time_pictures(windows(0.0, 3.5), 1.9, picture, "change")
    assert figure.layout.xaxis.range[1] == pytest.approx(5.548)


def test_where_windows_overlap_their_mean_is_drawn(picture):
    figure = timeline.time_pictures(windows(0.0, 1.0), 1.9, picture, "change")
    bars = figure.data[0]
    assert list(bars.x) == pytest.approx([0.0, 1.0, 2.048])
    assert list(bars.y) == pytest.approx([1.0, 1.5, 2.0])
    ends = np.array(bars.x) + np.array(bars.width)
    assert (ends[:-1] <= np.array(bars.x)[1:] + 1e-9).all()


@pytest.mark.parametrize("phase", ["change", "raw"])
def test_the_map_of_the_phase_is_cyclic_and_symmetric(picture, phase):
    heatmap = timeline.time_pictures(windows(0.0), 1.9, picture, phase).data[-1]
    assert heatmap.colorscale[0][1] == heatmap.colorscale[-1][1]
    assert heatmap.zmin == pytest.approx(-heatmap.zmax)


def test_dragging_zooms_with_a_mouse_and_scrolls_with_a_finger(picture):
    layouts = [
        timeline.time_pictures(windows(0.0), 1.9, picture, "raw", touch=touch).layout
        for touch in (False, True)
    ]
    assert [layout.dragmode for layout in layouts] == ["zoom", False]


@pytest.mark.parametrize("score", [-0.5, 0.1, 3.0])
def test_the_scale_holds_the_score_the_threshold_and_the_calibration(score):
    figure = verdict_figures.score_scale(score, 1.9, [0.2, 0.9, 2.1])
    low, high = figure.layout.xaxis.range
    assert low < min(score, 0.2)
    assert high > max(score, 2.1)
    assert list(figure.data[0].x) == [0.2, 0.9, 2.1]


def test_unusual_is_told_by_shape_as_well_as_by_colour():
    markers = [verdict_figures.score_scale(score, 1.9, []).data[1].marker for score in (1.0, 2.0)]
    assert markers[0].symbol != markers[1].symbol
    assert markers[0].color != markers[1].color


def test_the_attention_of_both_branches_is_shown_with_its_sums():
    figure = verdict_figures.attention_bars(
        {"id_00": 0.1, "id_02": 0.3}, {"id_00": 0.2, "id_02": 0.4}
    )
    assert [trace.name for trace in figure.data] == ["magnitude, sum 0.40", "complex, sum 0.60"]


def test_the_judged_id_stands_out_among_the_probabilities():
    figure = verdict_figures.probability_bars({"id_00": 0.7, "id_02": 0.3}, "id_02")
    assert list(figure.data[0].x) == pytest.approx([70, 30])
    assert "id_02" in figure.layout.yaxis.ticktext[1]
    assert "<b>" in figure.layout.yaxis.ticktext[1]
    assert "<b>" not in figure.layout.yaxis.ticktext[0]


# --- contrast, by WCAG 2.1's definition


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
        linear = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_meet_wcag_aa(theme):
    tomllib = pytest.importorskip("tomllib", reason="Python 3.10 reads no TOML by itself")
    colours = tomllib.loads(THEMES.read_text())["theme"][theme]
    page = colours["backgroundColor"]
    for name in ("textColor", "linkColor", "primaryColor", "greenTextColor", "redTextColor"):
        assert contrast(colours[name], page) >= 4.5, name
    for colour in (palette.BLUE, palette.GREEN, palette.VERMILION, palette.GREY):
        assert contrast(colour, page) >= 3, colour


# --- what raised the score


def test_the_outline_surrounds_what_raised_the_score(picture):
    edges, times = np.linspace(0, 8, 41), np.arange(19) * 0.256 + 0.128
    cells = np.zeros((40, 19))
    cells[15:18, 4:8] = 1
    where = SimpleNamespace(
        times=times,
        frequencies=edges,
        magnitude=cells,
        phase=np.zeros_like(cells),
        magnitude_share=1.0,
        phase_share=0.0,
    )
    figure = timeline.time_pictures(windows(0.0, 2.048), 1.5, picture, "change", where)
    lines = [trace for trace in figure.data if trace.type == "contour"]
    assert [line.yaxis for line in lines] == ["y2", "y2"]  # none around a share of nothing
    inside = np.argwhere(np.asarray(lines[0].z) > 0)
    assert lines[0].y[inside[0][0]] == pytest.approx(edges[15], abs=0.01)
    assert lines[0].y[inside[-1][0]] <= edges[18] + 0.01
    assert times[4] - 0.13 <= lines[0].x[inside[:, 1].min()] <= lines[0].x[inside[:, 1].max()]
    plain = timeline.time_pictures(windows(0.0, 2.048), 1.5, picture, "change")
    assert not any(trace.type == "contour" for trace in plain.data)


def test_the_bar_of_shares_says_both_in_words():
    figure = verdict_figures.share_bar(0.8)
    assert [bar.name for bar in figure.data] == ["magnitude 80%", "phase 20%"]
    assert sum(bar.x[0] for bar in figure.data) == pytest.approx(100)
