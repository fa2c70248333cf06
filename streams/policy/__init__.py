"""The policy: rules in CEL over declared facts; evidence and a record go in, CLEAR or REVIEW comes out. Pure."""
