"""Step 2: is there enough, and is it sound?"""

from __future__ import annotations

import streamlit as st

from mimimi import deployment
from mimimi.data.index import Recording
from mimimi.training.checks import DataCheck, check
from mimimi.training.findings import Finding
from mimimi.training.machine_check import RecordingCheck, check_recording
from texts import on_train
from texts.formats import plain

_FEW = 4


def show(recordings: list[Recording]) -> DataCheck:
    """The table of checks, a row a machine, and what to do."""
    st.markdown("## 2 · Are they good enough?")
    place = st.empty()

    def tell(done: int, total: int) -> None:
        place.progress(done / total, f"Listening to recording {done} of {total} …")

    checked = check(recordings, deployment.limits(), tell, _remembered)
    place.empty()
    if checked.machines:
        _table(checked)
    _say([finding for finding in checked.findings if finding.blocks], blocks=True)
    _say([finding for finding in checked.findings if not finding.blocks], blocks=False)
    if not checked.findings:
        st.success(on_train.NOTHING_WRONG, icon=":material/check_circle:")
    return checked


def _table(checked: DataCheck) -> None:
    st.dataframe(
        {
            "machine": [machine.machine_id for machine in checked.machines],
            "recordings": [machine.clips for machine in checked.machines],
            "minutes": [machine.minutes for machine in checked.machines],
            "calibration set": [machine.calibration for machine in checked.machines],
            "sample rate": [_rates(machine.rates) for machine in checked.machines],
            "silent": [machine.silent for machine in checked.machines],
            "damaged": [machine.unreadable for machine in checked.machines],
            "clipped": [machine.clipped for machine in checked.machines],
            "twice": [machine.duplicates for machine in checked.machines],
        },
        column_config={"minutes": st.column_config.NumberColumn(format="%.1f")}
        | {
            name: st.column_config.NumberColumn(help=text)
            for name, text in on_train.HELP_OF_COLUMNS.items()
        },
        hide_index=True,
    )


def _rates(rates: tuple[int, ...]) -> str:
    return ", ".join(f"{rate / 1000:g} kHz" for rate in rates)


def _say(findings: list[Finding], *, blocks: bool) -> None:
    """What must be fixed is said at once; of many warnings the rest is a click away."""
    say = st.error if blocks else st.warning
    icon = ":material/block:" if blocks else ":material/warning:"
    for finding in findings[:_FEW]:
        say(plain(finding.text), icon=icon)
    if len(findings) > _FEW:
        with st.expander(f"{len(findings) - _FEW} more"):
            for finding in findings[_FEW:]:
                say(plain(finding.text), icon=icon)


def _remembered(recording: Recording) -> RecordingCheck:
    changed = recording.path.stat().st_mtime_ns if recording.path.exists() else 0
    return _listen(recording, changed)


@st.cache_data(max_entries=20_000, show_spinner=False)
def _listen(recording: Recording, changed: int) -> RecordingCheck:
    return check_recording(recording)
