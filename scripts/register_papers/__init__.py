"""Papers set from registers, to be printed, signed and filed."""
