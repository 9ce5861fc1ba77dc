"""What untuned_app.py shows: the explorer's own pages, or with `?plain=1` the `st.slider` page in their process."""

from __future__ import annotations

import runpy
from pathlib import Path

import streamlit as st

from ui import shell

if "plain" in st.query_params:
    runpy.run_path(str(Path(__file__).with_name("slider_page.py")))
else:
    shell.main()
