import pytest

from mimimi import deployment
from mimimi.deployment import ON_SHARED, Limits
from mimimi.errors import UserError


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch):
    for name in ("SPACE_ID", "MIMIMI_SHARED", "MIMIMI_TRAINING", "MIMIMI_MAX_CLIPS"):
        monkeypatch.delenv(name, raising=False)


def test_at_home_everything_is_allowed():
    assert not deployment.shared()
    assert deployment.training()
    assert deployment.limits() == Limits()


@pytest.mark.parametrize(
    ("name", "value"), [("MIMIMI_SHARED", "1"), ("MIMIMI_SHARED", "ON"), ("SPACE_ID", "some/one")]
)
def test_a_shared_installation_has_limits(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert deployment.shared()
    assert deployment.limits() == ON_SHARED


def test_a_private_space_can_say_so(monkeypatch):
    monkeypatch.setenv("SPACE_ID", "some/one")
    monkeypatch.setenv("MIMIMI_SHARED", "off")
    assert not deployment.shared()


def test_training_can_be_switched_off(monkeypatch):
    monkeypatch.setenv("MIMIMI_TRAINING", "off")
    assert not deployment.training()


def test_a_limit_can_be_set_and_lifted(monkeypatch):
    monkeypatch.setenv("MIMIMI_SHARED", "1")
    monkeypatch.setenv("MIMIMI_MAX_CLIPS", "7")
    assert deployment.limits().clips == 7
    monkeypatch.setenv("MIMIMI_MAX_CLIPS", "inf")
    assert deployment.limits().clips == float("inf")


@pytest.mark.parametrize("value", ["many", "-1", "nan"])
def test_a_limit_that_is_no_number_is_refused(monkeypatch, value):
    monkeypatch.setenv("MIMIMI_MAX_CLIPS", value)
    with pytest.raises(UserError, match="MIMIMI_MAX_CLIPS must be a number"):
        deployment.limits()


def test_a_switch_that_is_neither_on_nor_off_is_refused(monkeypatch):
    monkeypatch.setenv("MIMIMI_SHARED", "perhaps")
    with pytest.raises(UserError, match="on or off"):
        deployment.shared()
