"""What was entered in a machine's logbook is there again, whatever lies beside it, in bounds."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from mimimi.audio.waveform import Problem
from mimimi.detector.verdict import ChannelWeights, Verdict, Window
from mimimi.logbook import logbook
from mimimi.logbook.entry import Entry
from mimimi.logbook.logbook import Logbook

START = datetime(2026, 5, 3, 12, tzinfo=timezone.utc)


@pytest.fixture
def book(tmp_path: Path) -> Logbook:
    return Logbook(tmp_path / "press" / "logbook")


def entry(n: int, **changes) -> Entry:
    verdict = Verdict("a.wav", "machine", "press", True, score=1.0 + n, threshold=1.5)
    made = Entry(f"{n:016x}", START + timedelta(minutes=n), f"{n}.wav", f"{n:016x}", verdict)
    return replace(made, **changes)


def test_the_newest_comes_first_and_all_of_it_comes_back(book):
    verdict = Verdict(
        *("Süd #3.wav", "machine", "press", True, 2.0, 1.5, True, True),
        calibration_scores=[0.5, 1.5],
        windows=[Window(0.0, 2.0, 1.7)],
        attention=ChannelWeights({"press": 0.1}, {"press": 0.2}),
        problems=[Problem("clipped", "clipped from 1.0 to 2.0 s", 1.0, 2.0)],
    )
    whole = entry(1, verdict=verdict, sentence="Louder.", told="was a fault: bearing, 3 May 2026")
    book.write(entry(0), b"one")
    book.write(whole, b"two")
    assert book.entries() == [whole, entry(0)]
    assert book.find(whole.number) == whole
    assert book.sound(whole.sound) == b"two"


@pytest.mark.parametrize("number", ["", "../../../etc/passwd", "0" * 15, "g" * 16, "0" * 16 + "\n"])
def test_what_comes_from_an_address_leads_nowhere_else(book, number):
    book.write(entry(0), b"one")
    assert book.find(number) is None
    assert book.sound(number) is None


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"format": 2}', b"null", b"[" * 100_000]
)
def test_a_damaged_entry_is_left_out(book, content):
    book.write(entry(0), b"one")
    (book.folder / f"{1:016x}.json").write_bytes(content)
    (book.folder / f".{2:016x}.json.half").write_bytes(b"{")
    assert [one.file for one in book.entries()] == ["0.wav"]


def test_an_entry_under_another_name_is_left_out(book):
    book.write(entry(0), b"one")
    (book.folder / f"{1:016x}.json").write_bytes(entry(0).as_json())
    assert len(book.entries()) == 1


def test_the_oldest_go_when_there_are_too_many(book, monkeypatch):
    monkeypatch.setattr(logbook, "MOST_ENTRIES", 3)
    for n in range(5):
        book.write(entry(n), b"sound")
    assert [one.file for one in book.entries()] == ["4.wav", "3.wav", "2.wav"]
    assert book.sound(entry(0).sound) is None


def test_the_oldest_sounds_go_first_and_what_was_learnt_from_stays(book, monkeypatch):
    monkeypatch.setattr(logbook, "MOST_BYTES", 25)
    book.write(entry(0, verdict=None, told="learnt"), b"ten bytes.")
    for n in (1, 2, 3):
        book.write(entry(n), b"ten bytes.")
    assert len(book.entries()) == 4
    kept = [n for n in range(4) if book.sound(entry(n).sound)]
    assert kept == [0, 3]


def test_a_sound_is_kept_as_long_as_an_entry_is_of_it(book):
    book.write(entry(0), b"one")
    book.write(entry(1, sound=entry(0).sound), b"one")
    book.remove(entry(0).number)
    assert book.sound(entry(0).sound) == b"one"
    book.remove(entry(1).number)
    assert book.sound(entry(0).sound) is None
    assert book.entries() == []


def test_what_is_told_stands_beside_each_verdict_on_the_recording(book):
    book.write(entry(0), b"one")
    book.write(entry(1, sound=entry(0).sound))
    book.write(entry(2, sound=entry(0).sound, verdict=None, told="learnt"))
    book.tell(entry(0).sound, "was normal, 3 May 2026")
    assert [one.told for one in book.entries()] == ["learnt", *["was normal, 3 May 2026"] * 2]
    book.tell(entry(0).sound, None)
    assert [one.told for one in book.entries()] == ["learnt", None, None]


def test_of_two_of_the_same_number_the_first_stays(book):
    first = entry(0, told="was normal, 3 May 2026")
    assert book.write(first, b"one") == first
    assert book.write(entry(0, file="again.wav"), b"one") == first
    assert book.entries() == [first]


def test_what_is_said_of_it_is_added_once_and_brings_nothing_back(book):
    book.write(entry(0), b"one")
    book.tell(entry(0).sound, "was normal, 3 May 2026")
    book.say(entry(0).number, "Louder.")
    book.say(entry(0).number, "Quieter.")
    assert book.entries() == [entry(0, sentence="Louder.", told="was normal, 3 May 2026")]
    book.remove(entry(0).number)
    book.say(entry(0).number, "Louder.")
    assert book.entries() == []


def test_nothing_is_created_where_there_is_no_logbook(book):
    book.say(entry(0).number, "Louder.")
    book.tell(entry(0).sound, None)
    book.remove(entry(0).number)
    assert not book.folder.exists()


def test_what_two_add_at_the_same_time_is_both_there(book, monkeypatch):
    book.write(entry(0), b"one")
    replace_file = logbook.replace_file
    other = threading.Thread(target=book.say, args=(entry(0).number, "Louder."))

    def beside(path: Path, content: bytes) -> None:
        if not other.ident:  # in the middle of the first change
            other.start()
            other.join(0.3)  # longer than the other one takes where nothing holds it
        replace_file(path, content)

    monkeypatch.setattr(logbook, "replace_file", beside)
    book.tell(entry(0).sound, "was normal, 3 May 2026")
    other.join()
    assert book.entries() == [entry(0, sentence="Louder.", told="was normal, 3 May 2026")]


def test_a_photo_is_there_until_it_is_taken_away(book):
    assert book.photo is None
    book.keep_photo(b"jpeg")
    assert book.photo == b"jpeg"
    book.keep_photo(None)
    assert book.photo is None
