"""The domain of IOK: one folder a feature, no Streamlit, no printing."""
