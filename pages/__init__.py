"""Screens. No script stands directly here: Streamlit would serve it without sign-in on a cold server."""
