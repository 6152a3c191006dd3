"""What histories tell about the work itself: times, waiting, returns, lateness, conformance, event logs."""
