"""Pages of tickets: load through the door, one service call, answer."""
