//! Seeded changes of bytes.

use super::{LENGTH_LIMIT, Target};

/// SplitMix64: the same seed gives the same inputs on every machine.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `limit`; 0 where that is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        if limit == 0 {
            0
        } else {
            (self.next() % limit as u64) as usize
        }
    }
}

/// One of the inputs, changed a few times.
pub fn mutated(inputs: &[Vec<u8>], target: &Target, random: &mut Random) -> Vec<u8> {
    let chosen = &inputs[random.below(inputs.len())];
    if let Some(change) = target.change
        && random.below(10) < 8
    {
        return change(chosen, random);
    }
    let mut bytes = chosen.clone();
    for _ in 0..=random.below(6) {
        let other = &inputs[random.below(inputs.len())];
        change_once(&mut bytes, other, target.words, random);
    }
    bytes.truncate(LENGTH_LIMIT);
    bytes
}

/// One change of any bytes: flips, numbers that are hard on parsers, splices, repetitions, cuts, words.
pub fn change_once(bytes: &mut Vec<u8>, other: &[u8], words: &[&str], random: &mut Random) {
    let at = random.below(bytes.len() + 1);
    let to = at + random.below(16).min(bytes.len() - at);
    match random.below(10) {
        0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
        1 if at < bytes.len() => bytes[at] = random.next() as u8,
        2 if at < bytes.len() => bytes[at] = b"\0\n\r\"';,.-+<>&{}[]()%0919 \xFF\xC3\xE2"[random.below(27)],
        3 => {
            bytes.drain(at..to);
        }
        4 => {
            let most = if random.below(20) == 0 { 2_000 } else { 4 };
            let piece = bytes[at..to].repeat(1 + random.below(most));
            bytes.splice(at..at, piece);
        }
        5 => {
            let from = random.below(other.len() + 1);
            let until = from + random.below(other.len() - from + 1);
            bytes.splice(at..to, other[from..until].iter().copied());
        }
        6 if random.below(4) == 0 => bytes.truncate(at),
        7 => {
            let from = random.below(other.len() + 1);
            bytes.truncate(at);
            bytes.extend_from_slice(&other[from..]);
        }
        _ if !words.is_empty() => {
            let word = words[random.below(words.len())];
            bytes.splice(at..if random.below(2) == 0 { at } else { to }, word.bytes());
        }
        _ => bytes.insert(at, random.next() as u8),
    }
}
