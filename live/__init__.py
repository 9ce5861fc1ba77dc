"""The fast path beside Streamlit: one WebSocket, picture routes and the modules that browser components share."""
