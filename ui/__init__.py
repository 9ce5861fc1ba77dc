"""The shell and what the pages share: state, caches, theme, figures, messages, browser components."""
