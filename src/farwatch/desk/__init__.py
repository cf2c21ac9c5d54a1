"""Where stages meet stores, sources and channels; one module a room."""
