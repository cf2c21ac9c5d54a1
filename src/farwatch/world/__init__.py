"""Facts of the earth: gazetteer, borders, code tables, compiled at set-up."""
