"""The contracts: records, topics, codec and digest. Everything else may depend on these; they depend on nothing."""
