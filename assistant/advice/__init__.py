"""Advice for firms: which partnerships fit, what they ask and give, side by side, and a draft commitment."""
