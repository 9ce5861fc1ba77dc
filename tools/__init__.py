"""Set-up, browser, screenshots: what `make` runs. The app itself imports nothing from here."""
