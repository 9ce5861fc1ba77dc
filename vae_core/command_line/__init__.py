"""What the command line needs besides the library: settings from options, progress and tables on a terminal."""
