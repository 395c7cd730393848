"""One module per schema revision; each says what it changes and why."""
