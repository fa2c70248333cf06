"""refund-sentinel: evidence from photos meets the buyer's record, and what is risky goes to people."""
