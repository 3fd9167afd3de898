"""What the screens share; beside the pages the only place that knows Streamlit."""
