"""Task queues: a two-million-row import must never delay a counter (architecture decision 11)."""

CASEWORK = "casework"
BULK = "bulk"
MAIL = "mail"
