"""Which machine made the sound; in the address `?type=fan&id=id_00`, or `?detector=RUN&id=a`."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from mimimi.detector.publishing.about import figures
from mimimi.names import meant
from state import clips, detectors, examples, keys, logbooks
from texts import on_analyse, on_teach
from texts.formats import machine as called
from widgets import false_alarms, hub_form, teach_offer

INFER = "find"  # in the address: the detector takes the most similar id
_INFER_LABEL = "Detect automatically (less reliable)"
_NO_DEMO_LABEL = "None of these, or I do not know"


@dataclass(frozen=True)
class Machine:
    """What the visitor chose; `choice` is an id, "find", or None as long as nobody said."""

    detector: detectors.Known
    choice: str | None

    @property
    def machine_type(self) -> str:
        """Such as "fan"."""
        return self.detector.machine_type

    @property
    def machine_id(self) -> str | None:
        """The id to judge as; None: the most similar one."""
        return None if self.choice == INFER else self.choice

    @property
    def name(self) -> str:
        """Such as "fan id_00"; without the id where nobody said."""
        return called(self.machine_type, self.machine_id)


def settle() -> Machine:
    """The machine that the address, the visitor or an example has chosen; the choosers show it."""
    state, known = st.session_state, detectors.known()
    asked = st.query_params.get("detector") or st.query_params.get("type")
    asked = asked and (meant(asked, known) or asked)
    if keys.DETECTOR not in state or asked not in (None, state.get(keys.ADDRESSED)):
        state[keys.DETECTOR], state[keys.MACHINE_ID] = asked, st.query_params.get("id")
        state.pop(keys.VISITORS_MACHINE, None)
        state[keys.MACHINE_FIRST] = asked in known or hub_form.offer(asked, state[keys.MACHINE_ID])
        state[keys.LINK_IS_DEAD] = bool(asked) and not state[keys.MACHINE_FIRST]
    if fetched := hub_form.just_fetched():
        pick(*fetched)
    if picked := state.pop(keys.NEXT_PICKED, None):
        pick(picked)
    if following := state.pop(keys.NEXT_MACHINE, None):
        select_temporarily(*following)
    if state[keys.DETECTOR] not in known:  # hostile, or a run that is gone
        state[keys.DETECTOR] = _usual(known)
    chosen = known[state[keys.DETECTOR]]
    if (of_it := state.get(keys.MACHINE_ID)) not in _options(chosen):
        state[keys.MACHINE_ID] = meant(of_it or "", chosen.ids)  # None: hostile, or of another one
    if keys.VISITORS_MACHINE not in state:
        _remember()
    only = chosen.ids[0] if len(chosen.ids) == 1 else None
    machine = Machine(chosen, only or state[keys.MACHINE_ID])
    _write_address(machine)
    return machine


def choose() -> Machine:
    """The choosers, filled from the address and written to it."""
    machine, known = settle(), detectors.known()
    row = st.container(horizontal=True, vertical_alignment="bottom")
    row.selectbox(
        "Machine",
        list(known),
        key=keys.DETECTOR,
        on_change=_change_detector,
        format_func=lambda name: _label(known[name]),
        help=on_analyse.HELP_OF_MACHINE,
    )
    if len(machine.detector.ids) > 1:
        row.selectbox(
            "Which one?",
            _options(machine.detector),
            key=keys.MACHINE_ID,
            on_change=_remember,
            format_func=_labels_of_ids(machine.detector).__getitem__,
            placeholder="Choose",
            help=on_analyse.HELP_OF_MACHINE_ID,
        )
    with row.popover("From the Hub", icon=":material/cloud_download:"):
        hub_form.form("machine")
    hub_form.fetch("machine")
    return machine


def note_dead_link() -> None:
    """Say that the address led to no machine, until one is chosen."""
    if st.session_state.get(keys.LINK_IS_DEAD):
        st.warning(on_analyse.NO_SUCH_MACHINE, icon=":material/link_off:")


def comes_first() -> bool:
    """Whether the visitor has a machine that recordings can be judged as without further ado."""
    return bool(st.session_state.get(keys.MACHINE_FIRST)) or settle().detector.group == "mine"


def pick(detector: str, machine_id: str | None = None) -> None:
    """Choose a detector for the visitor, before the choosers are drawn or from another page."""
    st.session_state[keys.DETECTOR], st.session_state[keys.MACHINE_ID] = detector, machine_id
    st.session_state[keys.MACHINE_FIRST] = True
    st.session_state[keys.LINK_IS_DEAD] = False
    _remember()


def pick_next(detector: str) -> None:
    """As `pick`, in the next rerun; from anywhere."""
    st.session_state[keys.NEXT_PICKED] = detector


def ask(machine: Machine, question: str) -> None:
    """In the place of the verdict, as long as nobody said which machine it is.

    Args:
        machine: as far as it is known.
        question: that stands at the top.
    """
    is_demo = machine.detector.group == "demo"
    with st.container(border=True):
        st.markdown(f"## :material/help: {question}")
        if is_demo:
            st.markdown(on_teach.KNOWS_DEMO_MACHINES_ALONE)
            teach_offer.offer()
        st.markdown(on_teach.IT_IS_A_DEMO_MACHINE if is_demo else on_analyse.WHY_ASK_FOR_ID)
        with st.container(horizontal=True):
            for name in machine.detector.ids:
                st.button(name, key=f"ask_{name}", on_click=_set_id, args=(name,))
            if machine.choice != INFER:
                st.button(
                    _labels_of_ids(machine.detector)[INFER],
                    key="ask_find",
                    icon=":material/help:" if is_demo else ":material/search:",
                    on_click=_set_id,
                    args=(INFER,),
                )


def select_temporarily(detector: str, machine_id: str | None) -> None:
    """Choose for the visitor, for as long as an example is shown; only from a callback."""
    st.session_state[keys.DETECTOR], st.session_state[keys.MACHINE_ID] = detector, machine_id
    st.session_state[keys.LINK_IS_DEAD] = False


def select_temporarily_next(detector: str, machine_id: str | None) -> None:
    """As `select_temporarily`, in the next rerun; from anywhere."""
    st.session_state[keys.NEXT_MACHINE] = detector, machine_id


def restore() -> None:
    """The machine that the visitor chose, where an example had another; only from a callback."""
    detector, name = st.session_state[keys.VISITORS_MACHINE]
    if name is not None or detector not in examples.MACHINE_IDS:
        st.session_state[keys.DETECTOR] = detector
    st.session_state[keys.MACHINE_ID] = name


def _usual(known: dict[str, detectors.Known]) -> str:
    """One of the visitor's own, or else a demo machine."""
    first = next(iter(known))
    return next((n for n, chosen in known.items() if chosen.group in ("mine", "demo")), first)


def _options(chosen: detectors.Known) -> list[str]:
    return [*chosen.ids, INFER]


def _label(chosen: detectors.Known) -> str:
    return f"Demo machine: {chosen.label}" if chosen.group == "demo" else chosen.label


def _labels_of_ids(chosen: detectors.Known) -> dict[str, str]:
    """Which demo machine somebody's own could be is not detected: it is none of them."""
    if chosen.group != "demo":
        return {name: name for name in chosen.ids} | {INFER: _INFER_LABEL}
    corpora = {
        row.machine.removeprefix(chosen.machine_type).strip(): summary.corpus
        for summary in figures(detectors.about(chosen))
        for row in summary.machines
    }
    of = {name: f"{name} ({corpora[name]})" if name in corpora else name for name in chosen.ids}
    return of | {INFER: _NO_DEMO_LABEL}


def _remember() -> None:
    st.session_state[keys.VISITORS_MACHINE] = (
        st.session_state[keys.DETECTOR],
        st.session_state[keys.MACHINE_ID],
    )


def _set_id(name: str) -> None:
    st.session_state[keys.MACHINE_ID] = name
    st.session_state[keys.LINK_IS_DEAD] = False
    _remember()


def _change_detector() -> None:
    """Ids mean other machines now; an example gives way to the normal sound of the new type."""
    state = st.session_state
    if state[keys.MACHINE_ID] != INFER:
        state[keys.MACHINE_ID] = None
    state[keys.LINK_IS_DEAD] = False
    _remember()
    if state.get(keys.SOURCE) == "example" and state[keys.DETECTOR] in examples.MACHINE_IDS:
        example = examples.Example(state[keys.DETECTOR])
        clips.keep_example(example)
        select_temporarily(example.machine_type, example.machine_id)


def _write_address(machine: Machine) -> None:
    name, state = machine.detector.name, st.session_state
    address = {}
    state[keys.ADDRESSED] = None
    if state[keys.MACHINE_FIRST] or machine.choice or name != _usual(detectors.known()):
        state[keys.ADDRESSED] = name
        address = {"type" if name == machine.machine_type else "detector": name}
    if machine.choice and len(machine.detector.ids) > 1:
        address["id"] = machine.choice
    address |= false_alarms.address() | logbooks.address()
    if st.query_params.to_dict() != address:
        st.query_params.from_dict(address)
