"""Learning platforms: the names they give to hand-ins, their class lists, and the marks they take back."""
