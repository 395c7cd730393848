"""bytes → facts, pure and without a network: encoding, layout, outcome, article, listing, feed, and the page whole."""
