//! Nothing of its own: AWS-LC, linked into whoever needs it.

extern crate aws_lc_sys as _;
