"""The buyer's record: counts, sums and rates in windows of the broker's time. Pure."""
