"""Registration rules: who is in scope, how each item is derived, what is withheld."""
