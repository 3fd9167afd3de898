"""What the screens share; beside the pages the only place that knows Streamlit."""

import logging

from streamlit import runtime

# Before it serves, Streamlit remarks on each import that nothing is served yet. Once it does, every remark counts.
for _name in ("runtime.caching.cache_data_api", "runtime.scriptrunner_utils.script_run_context"):
    logging.getLogger(f"streamlit.{_name}").addFilter(lambda _: runtime.exists())
