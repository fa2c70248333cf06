"""What merchants and buyers do in a case: hearing, objection, evidence sent later, a person asked for."""
