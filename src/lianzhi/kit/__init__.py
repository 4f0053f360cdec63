"""Kit: what pages and commands of every domain are made of. A domain must not import `web`, which
mounts it, so the shared parts lie below both."""
