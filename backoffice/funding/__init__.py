"""Budget lines, agreements, payments, use of funds and settlement."""
