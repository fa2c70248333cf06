"""The agents: enrich and decide. The only code that knows Faust; ``build`` wires, nothing happens at import."""
