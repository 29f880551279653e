"""From a call to an answer: doors, authentication, limits, faults, pages, control."""
