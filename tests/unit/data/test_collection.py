import io
import zipfile

import numpy as np
import pytest
import soundfile

from mimimi.data import collected_clips, collection
from mimimi.data.index import index
from mimimi.errors import AudioError, CorpusError


@pytest.fixture
def wav(hum):
    def make(seconds=3.0, **options) -> bytes:
        file = io.BytesIO()
        rate = options.get("rate", 16_000)
        soundfile.write(file, hum(seconds, **options), rate, format="WAV")
        return file.getvalue()

    return make


@pytest.fixture
def zipped(tmp_path):
    def make(**files: bytes):
        path = tmp_path / "upload.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return path

    return make


def test_a_long_recording_is_cut_and_a_quarter_of_it_kept_aside(tmp_path, wav):
    assert collection.add(tmp_path / "mine", "fan", "North 1", "long.wav", wav(85.0)) == 8
    found = index([tmp_path / "mine"])
    assert {(r.machine_type, r.machine_id, r.corpus) for r in found} == {("fan", "north-1", "mine")}
    assert [r.split for r in found].count("test") == 2
    assert all(soundfile.info(r.path).duration == 10 for r in found)


def test_short_clips_stay_whole_with_their_rate(tmp_path, wav):
    collection.add(tmp_path, "fan", "a", "clip.wav", wav(19.0, rate=44_100))
    [path] = tmp_path.glob("a/*.wav")
    assert (soundfile.info(path).samplerate, soundfile.info(path).duration) == (44_100, 19)


def test_pieces_are_the_recording_itself(tmp_path, wav):
    content = wav(30.0)
    collection.add(tmp_path, "fan", "a", "clip.wav", content)
    pieces = [soundfile.read(path)[0] for path in sorted(tmp_path.glob("a/*.wav"))]
    np.testing.assert_array_equal(np.concatenate(pieces), soundfile.read(io.BytesIO(content))[0])


def test_the_same_recording_twice_counts_once(tmp_path, wav):
    for _ in range(2):
        collection.add(tmp_path, "fan", "a", "clip.wav", wav())
    assert len(index([tmp_path])) == 1


def test_what_cannot_be_learnt_from_is_refused_and_leaves_nothing(tmp_path):
    with pytest.raises(AudioError, match="not a sound file"):
        collection.add(tmp_path / "mine", "fan", "a", "notes.wav", b"this is no sound")
    assert not (tmp_path / "mine").exists()


def test_machines_are_listed_and_removed(tmp_path, wav):
    collection.add(tmp_path, "pump", "b", "1.wav", wav(30.0))
    collection.add(tmp_path, "pump", "a", "2.wav", wav())
    assert [(one.name, one.clips) for one in collection.machines(tmp_path)] == [("a", 1), ("b", 3)]
    assert collection.machine_type_of(tmp_path) == "pump"
    collected_clips.remove(tmp_path, "b")
    assert [r.machine_id for r in index([tmp_path])] == ["a"]
    collected_clips.bring_back(tmp_path)
    assert [(one.name, one.clips) for one in collection.machines(tmp_path)] == [("a", 1), ("b", 3)]


def test_all_that_was_there_can_be_removed_and_brought_back(tmp_path, wav):
    collection.add(tmp_path, "pump", "b", "1.wav", wav())
    collected_clips.remove(tmp_path, "b")
    assert collection.machines(tmp_path) == []
    collected_clips.bring_back(tmp_path)
    assert [(r.machine_type, r.machine_id) for r in index([tmp_path])] == [("pump", "b")]


def test_a_clip_can_be_removed_or_called_faulty_and_neither_is_trained_on(tmp_path, wav):
    collection.add(tmp_path, "pump", "b", "1.wav", wav(50.0))
    first, second, *_ = collected_clips.clips(tmp_path, "b")
    collected_clips.mark(tmp_path, first.path, faulty=True)
    collected_clips.remove(tmp_path, "b", second.path)
    [known] = collection.machines(tmp_path)
    assert (known.clips, known.faulty) == (3, 1)
    [faulty] = [r for r in index([tmp_path]) if r.label == "anomaly"]
    assert (faulty.split, faulty.path.name) == ("test", first.path.name)
    [marked] = [clip for clip in collected_clips.clips(tmp_path, "b") if clip.faulty]
    collected_clips.mark(tmp_path, marked.path, faulty=False)
    collected_clips.bring_back(tmp_path)
    assert [clip.start for clip in collected_clips.clips(tmp_path, "b")] == [0, 10, 20, 30, 40]
    assert all(r.label == "normal" for r in index([tmp_path]))


def test_a_name_cannot_leave_the_collection(tmp_path, wav):
    collection.add(tmp_path / "mine", "fan", "../../b", "../../../etc/x.wav", wav())
    assert [path.parent.name for path in tmp_path.rglob("*.wav")] == ["b"]
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    with pytest.raises(CorpusError, match="name"):
        collection.add(tmp_path, "fan", "../..", "x.wav", wav())


def test_a_folder_of_an_archive_is_a_machine(tmp_path, wav, zipped):
    archive = zipped(
        **{
            "hall/north/a.wav": wav(),
            "b.wav": wav(seed=1),
            "__MACOSX/hall/._a.wav": b"",
            "read me.txt": b"",
        }
    )
    assert collection.add_zip(tmp_path / "mine", "fan", "south", archive) == 2
    assert [one.name for one in collection.machines(tmp_path / "mine")] == ["north", "south"]


def test_hostile_and_mistaken_archives_write_nothing(tmp_path, wav, zipped, monkeypatch):
    for files, message in (
        ({"../x.wav": wav()}, "leaves its folder"),
        ({"zeros.wav": bytes(10_000_000)}, "MB are left"),
        ({"x.txt": b"a"}, "holds no recordings"),
    ):
        archive = zipped(**files)
        with pytest.raises(CorpusError, match=message):
            collection.add_zip(tmp_path / "mine", "fan", "a", archive, most_bytes=1_000_000)
        assert [path.name for path in tmp_path.iterdir()] == [archive.name]
    monkeypatch.setattr("mimimi.data.archive.MOST_FILES", 1)
    with pytest.raises(CorpusError, match="more than 1 files"):
        collection.add_zip(tmp_path / "mine", "fan", "a", zipped(**{"1.wav": b"", "2.wav": b""}))
    archive.write_bytes(b"PK no archive")
    with pytest.raises(CorpusError, match="no ZIP archive"):
        collection.add_zip(tmp_path / "mine", "fan", "a", archive)


def names(folder) -> list[str]:
    return [one.name for one in collection.machines(folder)]


@pytest.mark.parametrize(
    ("one", "other"),
    [("fan/id_00/normal/0.wav", "fan/id_02/normal/0.wav"),
     ("fan/train/normal_id_00_0.wav", "fan/train/normal_id_02_0.wav"),
     ("id_00/2024-05-01/0.wav", "id_02/2024-05-01/0.wav")],
)  # fmt: skip
def test_layouts_in_an_archive_name_their_machines(tmp_path, wav, zipped, one, other):
    collection.add_zip(tmp_path / "mine", "fan", "x", zipped(**{one: wav(), other: wav(seed=1)}))
    assert names(tmp_path / "mine") == ["id_00", "id_02"]


def test_names_that_differ_by_a_sign_stay_apart(tmp_path, wav, zipped):
    archive = zipped(**{"Pump A+/a.wav": wav(), "Pump A-/a.wav": wav(seed=1)})
    collection.add_zip(tmp_path / "mine", "pump", "x", archive)
    assert len(names(tmp_path / "mine")) == 2
    assert all(name.startswith("pump-a-") for name in names(tmp_path / "mine"))


def test_machines_of_one_name_in_two_halls_stay_apart(tmp_path, wav, zipped):
    archive = zipped(**{"Hall A/north/a.wav": wav(), "Hall B/north/a.wav": wav(seed=1)})
    collection.add_zip(tmp_path / "mine", "fan", "x", archive)
    assert names(tmp_path / "mine") == ["hall-a-north", "hall-b-north"]


def test_a_table_in_an_archive_is_followed(tmp_path, wav, zipped):
    table = "path,machine_type,machine_id,label,split\n" + "".join(
        f"{k}.wav,fan,{name},normal,train\n" for k, name in enumerate(("North", "South"))
    )
    files = {"0.wav": wav(), "1.wav": wav(seed=1), "index.csv": table.encode()}
    collection.add_zip(tmp_path / "mine", "fan", "x", zipped(**files))
    assert names(tmp_path / "mine") == ["north", "south"]
    files["index.csv"] = table.replace("normal", "anomaly", 1).encode()
    collection.add_zip(tmp_path / "other", "fan", "x", zipped(**files))
    assert [m.faulty for m in collection.machines(tmp_path / "other")] == [1, 0]


def test_what_an_archive_calls_abnormal_is_of_a_faulty_machine(tmp_path, wav, zipped):
    files = {"id_00/abnormal/x.wav": wav(), "id_00/normal/y.wav": wav(seed=1)}
    collection.add_zip(tmp_path / "mine", "fan", "x", zipped(**files))
    labels = {r.path.name[0]: (r.machine_id, r.label) for r in index([tmp_path / "mine"])}
    assert labels == {"x": ("id_00", "anomaly"), "y": ("id_00", "normal")}


def test_one_bad_recording_of_an_archive_does_not_lose_the_others(tmp_path, wav, zipped):
    archive = zipped(**{"a/1.wav": wav(), "a/2.wav": b"no sound", "b/3.wav": wav(seed=1)})
    with pytest.raises(CorpusError, match=r"1 of 3 recordings were not taken in: .*2\.wav"):
        collection.add_zip(tmp_path / "mine", "fan", "x", archive)
    assert names(tmp_path / "mine") == ["a", "b"]
    assert len(index([tmp_path / "mine"])) == 2


def test_compressed_and_cut_off_recordings_are_taken_as_far_as_they_go(tmp_path, hum):
    whole = io.BytesIO()
    soundfile.write(whole, hum(8.0), 16_000, format="FLAC")
    mp3 = io.BytesIO()
    soundfile.write(mp3, hum(8.0), 16_000, format="MP3")
    collection.add(tmp_path, "fan", "a", "cut.flac", whole.getvalue()[: len(whole.getvalue()) // 2])
    collection.add(tmp_path, "fan", "b", "phone.mp3", mp3.getvalue())
    seconds = {one.name: one.minutes * 60 for one in collection.machines(tmp_path)}
    assert 2.5 < seconds["a"] < 5.5
    assert seconds["b"] == pytest.approx(8.0, abs=0.2)


def test_a_dead_microphone_does_not_lose_the_live_one(tmp_path, hum):
    file = io.BytesIO()
    sound = np.stack([np.zeros(48_000), hum(3.0)], axis=1)
    soundfile.write(file, sound, 16_000, format="WAV")
    assert collection.add(tmp_path, "fan", "a", "clip.wav", file.getvalue()) == 1


def test_a_folder_that_cannot_be_a_machine_loses_none_of_the_others(tmp_path, wav, zipped):
    archive = zipped(**{"north/a.wav": wav(), "\N{WRENCH}/b.wav": wav(3.0, seed=1)})
    with pytest.raises(CorpusError, match=r"1 of 2 .* letters or digits, not"):
        collection.add_zip(tmp_path / "mine", "fan", "pump", archive)
    assert [found.machine_id for found in index([tmp_path / "mine"])] == ["north"]


def test_what_takes_more_than_is_left_when_decoded_leaves_nothing(tmp_path, zipped):
    file = io.BytesIO()
    soundfile.write(file, np.sin(np.arange(60 * 16_000) / 9), 16_000, format="FLAC")
    packed = file.getvalue()
    assert len(packed) < 1_000_000 < 60 * 32_000
    with pytest.raises(CorpusError, match="decoded it takes more than the 1 MB"):
        collection.add(tmp_path / "c", "fan", "north", "a.flac", packed, most_bytes=1e6)
    archive = zipped(**{"north/a.flac": packed})
    with pytest.raises(CorpusError, match="decoded it takes more"):
        collection.add_zip(tmp_path / "c", "fan", "north", archive, most_bytes=1e6)
    assert not list(tmp_path.rglob("*.wav"))
