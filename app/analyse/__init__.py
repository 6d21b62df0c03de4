"""The Analyse page: from a recording to a verdict, and what it rests on."""
