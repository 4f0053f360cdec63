"""Areas of a town with their squads: reading, checking, finding, comparing and drawing them."""
