"""What the listener hears: folders, pipes, sound cards."""

from __future__ import annotations

import io
import os
import threading

import numpy as np
import pytest
import soundfile

from mimimi.audio import Pair
from mimimi.errors import AudioError, UserError
from mimimi.service.settings import MachineSettings
from mimimi.service.sources import folder, source_of
from mimimi.service.sources.card import Card
from mimimi.service.sources.folder import Folder
from mimimi.service.sources.pipe import Pipe
from mimimi.service.sources.source import SourceError

NEVER = threading.Event()


def heard(source) -> np.ndarray:
    sounds = list(source.read(NEVER))
    assert [sound.first for sound in sounds] == list(
        np.cumsum([0, *(len(sound.samples) for sound in sounds[:-1])])
    )
    return np.concatenate([sound.samples for sound in sounds])


def test_pcm_on_standard_input_is_heard_as_it_is(rng):
    pcm = rng.integers(-30_000, 30_000, (10_001, 2), dtype=np.int16)
    pipe = Pipe(io.BytesIO(pcm.tobytes()), 8_000, 2, 1)
    np.testing.assert_array_equal(heard(pipe), pcm[:, 1])


def test_of_two_microphones_both_are_heard_the_near_one_first(rng):
    pcm = rng.integers(-30_000, 30_000, (10_001, 3), dtype=np.int16)
    pipe = Pipe(io.BytesIO(pcm.tobytes()), 8_000, 3, Pair(near=2, far=0))
    np.testing.assert_array_equal(heard(pipe), pcm[:, [2, 0]])
    with pytest.raises(AudioError, match="no channel 3"):
        heard(Pipe(io.BytesIO(pcm.tobytes()), 8_000, 3, Pair(near=0, far=3)))


def test_the_header_of_wav_on_standard_input_is_believed(rng):
    pcm = rng.integers(-30_000, 30_000, (10_000, 2), dtype=np.int16)
    file = io.BytesIO()
    soundfile.write(file, pcm, 44_100, format="WAV", subtype="PCM_16")
    pipe = Pipe(io.BytesIO(file.getvalue()), 16_000, 1, 1)
    assert next(pipe.read(NEVER)).rate == 44_100
    np.testing.assert_array_equal(heard(Pipe(io.BytesIO(file.getvalue()), 1, 1, 0)), pcm[:, 0])


def test_wav_of_another_kind_and_channels_that_are_not_there_are_refused():
    file = io.BytesIO()
    soundfile.write(file, np.zeros(1000), 16_000, format="WAV", subtype="PCM_24")
    with pytest.raises(AudioError, match="16 bits"):
        heard(Pipe(io.BytesIO(file.getvalue()), 16_000, 1, 0))
    with pytest.raises(AudioError, match="no channel 1"):
        heard(Pipe(io.BytesIO(bytes(1000)), 16_000, 1, 1))
    with pytest.raises(AudioError, match="before its sound"):
        heard(Pipe(io.BytesIO(file.getvalue()[:20]), 16_000, 1, 0))
    coded = io.BytesIO()
    soundfile.write(coded, np.zeros(1000), 16_000, format="FLAC")
    with pytest.raises(AudioError, match="not a coded file"):
        heard(Pipe(io.BytesIO(coded.getvalue()), 16_000, 1, 0))


@pytest.fixture
def looking(monkeypatch):
    """One look at a folder, and the names of what is new in it."""
    monkeypatch.setattr(folder, "_LOOK_EVERY", 0.0)

    def look(source: Folder) -> list[str]:
        stop, names = threading.Event(), []
        stop.wait = lambda _: stop.set()
        for recording in source.read(stop):
            names.append(recording.path.name)
        return names

    return look


def test_recordings_come_once_and_in_the_order_of_time(drop, hum, looking):
    path = drop(hum(2), 20.0)
    drop(hum(2), 10.0)
    (path.parent / "notes.txt").write_text("not a recording")
    (path.parent / ".hidden.wav").write_bytes(path.read_bytes())
    source = Folder(path.parent, lambda _: False)
    assert looking(source) == ["000010.wav", "000020.wav"]
    drop(hum(2), 30.0)
    assert looking(source) == ["000030.wav"]
    assert looking(source) == []


def test_what_has_been_judged_is_not_handed_on_again(drop, hum, looking):
    path = drop(hum(2), 20.0)
    drop(hum(2), 10.0)
    assert looking(Folder(path.parent, lambda r: r.path == path)) == ["000010.wav"]


def test_a_file_that_is_still_written_to_is_left_alone(drop, hum, looking, monkeypatch):
    path = drop(hum(2), 10.0)
    os.utime(path)  # just now
    source, clock = Folder(path.parent, lambda _: False), iter(range(0, 100, 3))
    monkeypatch.setattr(folder.time, "monotonic", lambda: next(clock))
    assert looking(source) == []
    with path.open("ab") as file:
        file.write(bytes(1000))
    os.utime(path)
    assert [looking(source) for _ in range(3)] == [[], [], ["000010.wav"]]


def test_a_folder_that_is_gone_is_told_and_one_that_never_was_is_refused(drop, hum, looking):
    path = drop(hum(2), 10.0)
    source = Folder(path.parent, lambda _: False)
    path.unlink()
    path.parent.rmdir()
    with pytest.raises(SourceError, match="cannot be read"):
        looking(source)
    with pytest.raises(UserError, match="no such folder"):
        source_of(MachineSettings("a", "b", str(path.parent)), lambda _: False, 0)


@pytest.fixture
def microphone(rng, tmp_path, monkeypatch):
    """The default sound card, by ALSA's own means, and what it hears."""
    try:
        import sounddevice
    except OSError:
        pytest.skip("PortAudio is not installed")

    pcm = rng.integers(-30_000, 30_000, 16_000 * 60, dtype=np.int16)
    (tmp_path / "heard.raw").write_bytes(pcm.tobytes())
    config = tmp_path / "asoundrc"
    config.write_text(
        "</usr/share/alsa/alsa.conf>\n"
        'pcm.!default { type plug slave { pcm "heard" rate 48000 channels 1 format S16_LE } }\n'
        f'pcm.heard {{ type file slave.pcm "null" file "/dev/null" format "raw" '
        f'infile "{tmp_path}/heard.raw" }}\n'
    )
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(config))
    sounddevice._terminate()
    sounddevice._initialize()
    yield pcm
    monkeypatch.undo()
    sounddevice._terminate()
    sounddevice._initialize()


def test_a_sound_card_is_heard(microphone):
    listening = Card(None, 0).read(NEVER)
    sound = next(listening)
    listening.close()
    begins = np.lib.stride_tricks.sliding_window_view(microphone, 50)
    (first,) = np.flatnonzero((begins == sound.samples[:50]).all(axis=1))
    np.testing.assert_array_equal(sound.samples, microphone[first : first + len(sound.samples)])
    assert len(sound.samples) == round(sound.rate / 4)


def test_a_card_that_is_not_there_is_told(microphone):
    with pytest.raises(SourceError, match="no such card"):
        next(Card("no such card", 0).read(NEVER))
