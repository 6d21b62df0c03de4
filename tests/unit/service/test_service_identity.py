from __future__ import annotations

import socket

from mimimi.service.history.tables import folder
from mimimi.service.identity import own_name


def test_a_home_keeps_its_name_however_the_computer_is_called(own_home, monkeypatch):
    folder().mkdir(parents=True)
    monkeypatch.setattr(socket, "gethostname", lambda: "plant")
    first = own_name()
    assert first.startswith("plant-")
    monkeypatch.setattr(socket, "gethostname", lambda: "3f2a9c")
    assert own_name() == first


def test_two_homes_of_one_computer_have_two_names(own_home, monkeypatch, tmp_path):
    folder().mkdir(parents=True)
    first = own_name()
    monkeypatch.setenv("MIMIMI_HOME", str(tmp_path / "another"))
    folder().mkdir(parents=True)
    assert own_name() != first


def test_what_an_earlier_version_has_not_told_yet_stays_under_its_name(own_home, monkeypatch):
    folder().mkdir(parents=True)
    (folder() / "history.sqlite").touch()
    monkeypatch.setattr(socket, "gethostname", lambda: "plant")
    assert own_name() == "plant"
