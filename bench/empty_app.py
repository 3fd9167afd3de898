"""An empty page: what Streamlit itself costs, with the product's settings."""

import streamlit as st

st.title("Strona")
