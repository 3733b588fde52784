"""Pages of the register. Each loads through the door, calls one service, answers."""
