"""Typed records: what a catalogue entry, an at-a-glance table or a funding guide says, field by field."""
