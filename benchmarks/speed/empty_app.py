"""The least that Streamlit can show: a button. What launching it takes, no page can do without."""

import streamlit as st

st.button("Nothing")
