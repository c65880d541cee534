"""How dates and hours are written at the desk, by language."""
