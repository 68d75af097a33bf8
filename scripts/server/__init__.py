"""Configuration for a server: nginx in front, systemd below. Plain files; nothing here runs."""
