"""What keeps the product from starting, in words for the person at the terminal."""


class StartTrouble(Exception):
    """Says in Chinese what is wrong and what to do; printed without a traceback, the command ends with 1."""
