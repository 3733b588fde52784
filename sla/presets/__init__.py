"""Service standards that ship with the platform, as files. Adding one is adding a file."""
