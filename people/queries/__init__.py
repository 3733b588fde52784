"""Reading people: rows of lists, the set-up's faults, sessions."""
