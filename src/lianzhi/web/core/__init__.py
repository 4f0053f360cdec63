"""What API, console and public pages share: sign-in, permissions, limits, problems, settings, the
node that is served."""
