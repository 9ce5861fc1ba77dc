"""The least a Streamlit page can be. The peer of benchmarks/map_first_draw.py."""

import streamlit as st

st.title("A bare page")
