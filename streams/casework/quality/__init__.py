"""Use cases about quality: golden cases, and the figures of people, rules and reach."""
