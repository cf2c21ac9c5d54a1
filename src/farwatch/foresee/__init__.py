"""Events at a place to an Assessment, with its skill."""
