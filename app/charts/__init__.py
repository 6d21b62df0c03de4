"""From arrays to Plotly figures; no Streamlit in here."""
