"""The Monitor page: machines that are listened to around the clock."""

from __future__ import annotations

import streamlit as st

from mimimi import deployment
from mimimi.errors import UserError
from mimimi.extras import MissingExtraError
from mimimi.names import meant
from monitor import background, empty, one_machine, overview
from state import heard, keys
from texts import on_monitor
from texts.formats import plain

st.title("How are the machines?", anchor=False)
try:
    is_shown = deployment.monitor()
    names = heard.machines() if is_shown else []
except MissingExtraError as error:
    empty.show()
    st.info(str(error), icon=":material/info:")
    st.stop()
except UserError as error:
    st.error(plain(str(error)), icon=":material/block:")
    st.stop()
if not is_shown:
    st.info(on_monitor.NOT_HERE, icon=":material/info:")
    st.stop()
if not names:
    empty.show()
    if not deployment.shared():
        background.show()
    st.stop()

state = st.session_state
if keys.MONITORED not in state:
    asked = st.query_params.get("machine", "")
    state[keys.MONITORED] = meant(asked, names) or asked
    one_machine.read_address()
if state[keys.MONITORED] in names:
    one_machine.show(state[keys.MONITORED])
else:
    if missed := state[keys.MONITORED]:
        st.warning(on_monitor.not_here(plain(missed)), icon=":material/link_off:")
    st.query_params.clear()
    overview.show(names)
    if not deployment.shared():
        background.show()
if deployment.shared():
    st.caption(on_monitor.READ_ONLY)
