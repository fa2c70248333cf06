"""The ways that a case may go, drawn once more by hand: tests compare with this, not with the table in the code."""

WAYS = {
    ("AWAITING_MERCHANT", "READY"),
    ("READY", "ASSIGNED"),
    ("ASSIGNED", "READY"),
    ("ASSIGNED", "NEEDS_BUYER_EVIDENCE"),
    ("ASSIGNED", "AWAITING_SECOND_REVIEWER"),
    ("ASSIGNED", "DECIDED"),
    ("NEEDS_BUYER_EVIDENCE", "READY"),
    ("AWAITING_SECOND_REVIEWER", "ASSIGNED"),
    ("DECIDED", "APPEALED"),
    ("DECIDED", "CLOSED"),
    ("APPEALED", "ASSIGNED"),
    ("AWAITING_MERCHANT", "CLOSED"),
    ("READY", "CLOSED"),
    ("ASSIGNED", "CLOSED"),
    ("NEEDS_BUYER_EVIDENCE", "CLOSED"),
    ("CLOSED", "AWAITING_MERCHANT"),
}
