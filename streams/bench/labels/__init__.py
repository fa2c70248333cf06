"""How many visible AI labels are found: they are drawn on clean photos as generators draw them, and looked for."""
