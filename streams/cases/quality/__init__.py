"""How well people and rules decide: golden cases, agreement, shares with their intervals."""
