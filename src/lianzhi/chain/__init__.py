"""The chain's nouns, one file each, with the detector protocol and policy that join them."""
