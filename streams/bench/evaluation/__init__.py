"""How well photos are told apart: pairs with known answers from a folder of clean photos, and what is found in them."""
