"""Lists in which two files have one name."""

from __future__ import annotations

import pytest

from mimimi.data.told_apart import told_apart


@pytest.mark.parametrize(
    ("files", "called"),
    [
        ([], []),
        (["a/1.wav", "a/2.wav"], ["1.wav", "2.wav"]),
        (["m/1/a.wav", "t/1/a.wav", "t/1/b.wav"], ["m/1/a.wav", "t/1/a.wav", "b.wav"]),
        (["a.wav", "x/a.wav"], ["a.wav", "x/a.wav"]),
        (["C:\\m\\a.wav", "C:\\t\\a.wav"], ["m/a.wav", "t/a.wav"]),
        (["a.wav", "a.wav", "a.wav"], ["a.wav", "a.wav (2)", "a.wav (3)"]),
        (["a.wav", "a.wav", "a.wav (2)"], ["a.wav", "a.wav (3)", "a.wav (2)"]),
        (["a.wav (2)", "a.wav", "a.wav"], ["a.wav (2)", "a.wav", "a.wav (3)"]),
        (["a.wav (2)", "a.wav (2)"], ["a.wav (2)", "a.wav (2) (2)"]),
    ],
)
def test_no_two_are_called_the_same(files, called):
    assert told_apart(files) == called
