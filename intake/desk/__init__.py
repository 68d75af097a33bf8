"""The handling desk: the pages of those who have a role, under the portal's own navigation."""
