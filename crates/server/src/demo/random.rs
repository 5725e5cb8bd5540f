//! Numbers that look random and are the same each time (`SplitMix64`).

/// A sequence of numbers, from a seed.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below the bound, which is not 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// Whether something happens that does so this many times in a thousand.
    pub(crate) fn chance(&mut self, in_a_thousand: u64) -> bool {
        self.below(1_000) < in_a_thousand
    }

    /// One of the things, which are not none.
    pub(crate) fn pick<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        let place = usize::try_from(self.below(things.len() as u64)).unwrap_or(0);
        &things[place]
    }

    /// One of the things, each as likely as its weight says.
    pub(crate) fn weighted<T: Copy>(&mut self, things: &[(T, u64)]) -> T {
        let all = things.iter().map(|(_, weight)| weight).sum();
        let mut left = self.below(all);
        for &(thing, weight) in things {
            if left < weight {
                return thing;
            }
            left -= weight;
        }
        things[0].0
    }

    /// Sixteen bytes.
    pub(crate) fn bytes(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.next().to_be_bytes());
        bytes[8..].copy_from_slice(&self.next().to_be_bytes());
        bytes
    }
}
