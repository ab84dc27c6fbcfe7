//! What must hold whatever happens between a plan and its inventory: programs killed, hung and
//! passed over, disks full, files cut and flipped, neighbours in the same site, and everything in
//! any order.
//!
//! Every apply here goes the long way: a change set is written to a file, approved there, read and
//! applied. `HEDDLE_TORTURE_ROUNDS` is the number of random moments and of random sequences; left
//! out, it is one that a usual run of the tests can bear.

#![expect(clippy::expect_used, reason = "a test that cannot begin has failed")]

mod bytes;
mod copies;
#[cfg_attr(
    not(unix),
    allow(dead_code, reason = "kills and limits, which use it all, are for unix")
)]
mod home;
#[cfg(unix)]
mod kills;
#[cfg(unix)]
mod limits;
mod neighbours;
mod sequences;
mod ways;

/// Random numbers from a seed (xorshift).
struct Random(u64);

impl Random {
    /// A number below `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// How many rounds, if nobody asks for another number.
fn rounds(usual: u64) -> u64 {
    let asked = std::env::var("HEDDLE_TORTURE_ROUNDS").ok();
    asked.map_or(usual, |n| n.parse().expect("HEDDLE_TORTURE_ROUNDS is a number"))
}
