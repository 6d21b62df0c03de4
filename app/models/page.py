"""The Models page: the detectors at hand and on the Hub, how good they are, and publishing them."""

from __future__ import annotations

import streamlit as st

from charts.comparison import comparison
from mimimi.detector.publishing.about import Estimate, figures, licence
from mimimi.detector.publishing.hub import Listed
from mimimi.errors import UserError
from models import publish
from state import detectors, keys
from state.detectors import Known
from texts import about_verdict
from widgets import hub_form, machine


def show(chosen: Known) -> None:
    """One detector: what it is, and what can be done with it."""
    with st.container(border=True):
        st.markdown(f"#### :material/graphic_eq: {chosen.label}")
        st.markdown(in_few_words(chosen))
        row = st.container(horizontal=True)
        if row.button(
            "Use it",
            key=f"use_{chosen.name}",
            icon=":material/play_arrow:",
            on_click=machine.pick,
            args=(chosen.name,),
        ):
            st.switch_page("analyse/page.py")
        with row.popover("Card", icon=":material/description:"):
            # A stranger's is written anew, for which it has to be loaded.
            if chosen.own or st.toggle("Show its card", key=f"card_{chosen.name}"):
                try:
                    st.markdown(detectors.card(chosen.name))
                except (UserError, OSError) as error:
                    st.error(str(error), icon=":material/block:")
        with row.popover("Publish", icon=":material/publish:"):
            publish.publish(chosen)


def in_few_words(chosen: Known) -> str:
    """A detector at a glance: machines, origin, data, licence."""
    ids, about = chosen.ids, detectors.about(chosen)
    return (
        f"Knows {', '.join(ids[:12])}{' …' if len(ids) > 12 else ''}  \n"
        f"Comes from: {chosen.origin}  \n"
        f"Has learnt from: {about_verdict.learnt_from(about) or 'not recorded'}  \n"
        f"Licence: {(licence(about) or 'not known').upper()}"
    )


def listed_as(found: Listed) -> str:
    """A detector as the Hub lists it."""
    parts = [
        found.machine_type or "unknown kind",
        f"licence {found.licence or 'not known'}",
        f"fetched {found.downloads} times",
        f"of {found.changed}" if found.changed else "",
    ]
    return f"**{found.repo}**  \n{', '.join(part for part in parts if part)}"


def compare(several: list[Known]) -> None:
    """How well each of them tells faults, as they report it themselves."""
    st.subheader("How well they tell faults from normal running", anchor=False)
    given = st.segmented_control(
        "The machine's id is",
        ["given", "found by the detector"],
        default="given",
        key=keys.COMPARE_BY,
    )
    by_detector = {
        chosen.label: _aucs(chosen, given != "found by the detector") for chosen in several
    }
    by_detector = {label: found for label, found in by_detector.items() if found}
    if not by_detector:
        st.info("None of them was tried on labelled recordings.", icon=":material/info:")
        return
    st.plotly_chart(comparison(by_detector), key="comparison", config={"displayModeBar": False})
    st.caption(
        "Each detector's own figures on recordings it has not learnt from, with 95 % intervals: "
        "wide where recordings were few. Two detectors were not always tried on the same ones."
    )
    machines = dict.fromkeys(name for found in by_detector.values() for name in found)
    with st.expander("As a table"):
        st.dataframe(
            {"machine": list(machines)}
            | {
                label: [str(found[name]) if name in found else "" for name in machines]
                for label, found in by_detector.items()
            },
            hide_index=True,
        )


def _aucs(chosen: Known, given: bool) -> dict[str, Estimate]:
    return {
        f"{row.machine.removeprefix(chosen.machine_type).strip()}, {summary.corpus}": row.auc
        for summary in figures(detectors.about(chosen))
        if summary.machine_id_given is given
        for row in summary.machines
        if row.auc
    }


def search() -> None:
    """Detectors that others have published; asked for only on a click."""
    from mimimi import deployment
    from mimimi.detector.publishing.hub import search as ask_hub

    with (
        st.form("search", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        text = st.text_input("Search", key=keys.SEARCH_TEXT, placeholder="fan, or part of a name")
        if st.form_submit_button("Search the Hub", icon=":material/search:"):
            try:
                with st.spinner("Asking the Hugging Face Hub …"):
                    st.session_state[keys.SEARCH_RESULT] = ask_hub(
                        text, token=False if deployment.shared() else None
                    )
            except UserError as error:
                st.session_state[keys.SEARCH_RESULT] = str(error)
    listed = st.session_state.get(keys.SEARCH_RESULT)
    if isinstance(listed, str):
        st.error(listed, icon=":material/cloud_off:")
    elif listed is not None and not listed:
        st.info("The Hub knows no such detector.", icon=":material/info:")
    for found in listed if isinstance(listed, list) else []:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(listed_as(found))
            st.button(
                "Fetch",
                key=f"fetch_{found.repo}",
                icon=":material/cloud_download:",
                on_click=hub_form.ask,
                args=("models", found.repo),
            )


st.title("Detectors", anchor=False)
st.markdown("Each knows the machines of one kind. Use one, compare them, fetch and publish some.")
hub_form.fetch("models")
known = list(detectors.known().values())
if (fetched := hub_form.just_fetched()) and fetched[0] in detectors.known():
    machine.pick(*fetched)
    st.session_state[keys.MODELS_TYPE] = detectors.known()[fetched[0]].machine_type
types = list(dict.fromkeys(chosen.machine_type for chosen in known))
if st.session_state.get(keys.MODELS_TYPE) not in types:
    st.session_state[keys.MODELS_TYPE] = types[0] if types else None
kind = st.segmented_control("Kind of machine", types, key=keys.MODELS_TYPE, required=True)
for chosen in (several := [chosen for chosen in known if chosen.machine_type == kind]):
    show(chosen)
compare(several)
st.subheader("On the Hugging Face Hub", anchor=False)
search()
with st.expander("Fetch one by its name", icon=":material/cloud_download:"):
    hub_form.form("models")
