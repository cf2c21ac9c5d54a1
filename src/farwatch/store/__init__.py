"""Database (SQLAlchemy) and lake (Delta tables)."""
