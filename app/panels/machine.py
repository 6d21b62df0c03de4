"""Which machine made the sound: type and id, in the address too (`?type=fan&id=id_00`)."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

import clips
import detectors
import examples

FIND = "find"  # "find it": the detector takes the most similar id


@dataclass(frozen=True)
class Machine:
    """What the visitor chose; `choice` is an id, "find", or None as long as nobody said."""

    machine_type: str
    choice: str | None

    @property
    def machine_id(self) -> str | None:
        """The id to judge as; None: find it."""
        return None if self.choice == FIND else self.choice


def choose() -> Machine:
    """The two choosers, filled from the address and written to it."""
    state, types = st.session_state, detectors.known_types()
    if "type" not in state:
        asked = st.query_params.get("type")
        state["type"] = asked if asked in types else types[0]
        state["id"] = st.query_params.get("id")
    options = [*detectors.known_ids(state["type"]), FIND]
    if state.get("id") not in options:  # hostile, or of another machine type
        state["id"] = None
    if "own" not in state:
        _remember()

    row = st.container(horizontal=True)
    row.selectbox(
        "Machine type",
        types,
        key="type",
        on_change=_change_type,
        help="What kind of machine made the sound. Each kind has a detector of its own.",
    )
    row.selectbox(
        "Machine id",
        options,
        key="id",
        on_change=_remember,
        format_func=lambda name: "find it (weaker)" if name == FIND else name,
        placeholder="Which one?",
        help="A recording is compared with this very machine running well: id_00 to id_06 are the "
        "real machines of MIMII, id_50 and above simulated ones. “Find it” takes the most similar "
        "one, which is weaker: a failing machine may sound like another one.",
    )
    machine = Machine(state["type"], state["id"])
    _write_address(machine)
    return machine


def ask(machine: Machine) -> None:
    """In the place of the verdict, as long as nobody said which machine it is."""
    with st.container(border=True):
        st.markdown(f"#### :material/help: Which {machine.machine_type} made this sound?")
        st.markdown(
            "A recording is compared with its own machine running well. If you do not know it, let "
            "it be found; the verdict is weaker then."
        )
        with st.container(horizontal=True):
            for name in detectors.known_ids(machine.machine_type):
                st.button(name, key=f"ask_{name}", on_click=_set_id, args=(name,))
            st.button(
                "Find it", key="ask_find", icon=":material/search:", on_click=_set_id, args=(FIND,)
            )


def lend(machine_type: str, machine_id: str) -> None:
    """Choose for the visitor, for as long as an example is shown; only from a callback."""
    st.session_state["type"], st.session_state["id"] = machine_type, machine_id


def give_back() -> None:
    """The machine that the visitor chose, where an example had another; only from a callback."""
    machine_type, name = st.session_state["own"]
    if name is not None:
        st.session_state["type"] = machine_type
    st.session_state["id"] = name


def _remember() -> None:
    st.session_state["own"] = st.session_state["type"], st.session_state["id"]


def _set_id(name: str) -> None:
    st.session_state["id"] = name
    _remember()


def _change_type() -> None:
    """Ids mean other machines now; an example gives way to the normal sound of the new type."""
    state = st.session_state
    if state["id"] != FIND:
        state["id"] = None
    _remember()
    if state.get("source") == "example":
        example = examples.Example(state["type"])
        clips.keep_example(example)
        lend(example.machine_type, example.machine_id)


def _write_address(machine: Machine) -> None:
    address = {"type": machine.machine_type}
    if machine.choice:
        address["id"] = machine.choice
    if st.query_params.to_dict() != address:
        st.query_params.from_dict(address)
