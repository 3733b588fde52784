"""Pages about people: coming in, one's own settings, and the administrator's."""
