"""Delivery: the only code that knows offsets. In-order acknowledgement, batches, dead letters, the relay.

An event ends in one of three ways: acknowledged after its output was confirmed, acknowledged after its dead letter was
confirmed, or taken up again after an exit.
"""
