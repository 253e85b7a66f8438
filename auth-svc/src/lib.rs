//! Who people are: accounts, guests, sessions and tokens.
