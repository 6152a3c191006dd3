"""What every floor stands on: database, clock, money, periods, identifiers, files, errors, audit."""
