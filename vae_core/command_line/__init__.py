"""The commands and what they need besides the library: settings from options, progress and tables on a terminal."""
