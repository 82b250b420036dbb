//! SplitMix64: a small generator whose numbers depend on the seed alone, on every machine and in every version.

/// A stream of pseudo-random numbers.
pub struct Random(u64);

impl Random {
    /// A stream that depends on `seed` alone.
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// A stream that depends on `seed` and `key`, so that the figures of one region do not move when another is
    /// added.
    pub fn of(seed: u64, key: &str) -> Random {
        // FNV-1a spreads the key; the first number drawn mixes it with the seed.
        let hash = key.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Random::new(Random::new(seed ^ hash).next())
    }

    /// The next number, all 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number in `0..bound`; 0 when `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(0) as u64) as i64
    }

    /// A number in `[0, 1)`.
    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number in `[low, high)`.
    pub fn real(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.share()
    }

    /// `true` in `share` of all draws.
    pub fn chance(&mut self, share: f64) -> bool {
        self.share() < share
    }

    /// Shuffles in place (Fisher-Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u64 + 1) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_published_numbers_of_splitmix64() {
        let mut random = Random::new(1_234_567);
        let drawn: Vec<u64> = (0..3).map(|_| random.next()).collect();
        assert_eq!(
            drawn,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn stays_inside_its_bounds_and_reaches_them() {
        let mut random = Random::of(7, "32.73");
        let drawn: Vec<i64> = (0..2_000).map(|_| random.between(-2, 2)).collect();
        assert!(drawn.iter().all(|number| (-2..=2).contains(number)));
        assert!((-2..=2).all(|number| drawn.contains(&number)));
        assert_eq!(random.below(0), 0);
    }

    #[test]
    fn keys_give_different_streams_and_the_same_key_the_same() {
        assert_ne!(Random::of(1, "32.73").next(), Random::of(1, "33.74").next());
        assert_ne!(Random::of(1, "32.73").next(), Random::of(2, "32.73").next());
        assert_eq!(Random::of(1, "32.73").next(), Random::of(1, "32.73").next());
    }

    #[test]
    fn a_shuffle_keeps_every_item() {
        let mut items: Vec<u32> = (0..100).collect();
        Random::new(3).shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<u32>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<u32>>());
    }
}
