//! Streams of compound files (MS-CFB), which XLS workbooks are.

const SIGNATURE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// Sectors beyond are marks: the end of a chain, a free sector.
const LAST_SECTOR: u32 = 0xFFFF_FFF9;

/// Streams below this size stand in the small sectors.
const SMALL: usize = 4096;

/// Bytes of a small sector.
const SMALL_SECTOR: usize = 64;

/// Two bytes at a place.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

/// Four bytes at a place.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// The first stream of the file that is called one of these, at its top level.
pub(super) fn stream(file: &[u8], names: &[&str]) -> Option<Vec<u8>> {
    if !file.starts_with(&SIGNATURE) {
        return None;
    }
    let size = 1_usize.checked_shl(u32::from(u16_at(file, 30)?))?;
    if !(128..=4096).contains(&size) {
        return None;
    }
    let sector = |id: u32| {
        let start = (id as usize).checked_add(1)?.checked_mul(size)?;
        file.get(start..file.len().min(start.checked_add(size)?))
    };
    let table = allocation(file, size, &sector)?;
    let most = file.len();
    let directory = chain(u32_at(file, 48)?, &table, most, &sector)?;
    let entries: Vec<&[u8]> = directory.chunks_exact(128).collect();
    let entry = names
        .iter()
        .find_map(|name| entries.iter().find(|entry| entry[66] == 2 && is_called(entry, name)))?;
    let (start, length) = (u32_at(entry, 116)?, u32_at(entry, 120)? as usize);
    let mut found = if length >= SMALL {
        chain(start, &table, most, &sector)?
    } else {
        let root = entries.iter().find(|entry| entry[66] == 5)?;
        let small = chain(u32_at(root, 116)?, &table, most, &sector)?;
        let small_table = numbers(&chain(u32_at(file, 60)?, &table, most, &sector)?);
        chain(start, &small_table, SMALL, &|id: u32| {
            let start = id as usize * SMALL_SECTOR;
            small.get(start..small.len().min(start + SMALL_SECTOR))
        })?
    };
    found.truncate(length);
    Some(found)
}

/// Which sector follows each.
fn allocation<'f>(file: &'f [u8], size: usize, sector: &impl Fn(u32) -> Option<&'f [u8]>) -> Option<Vec<u32>> {
    let mut parts = numbers(file.get(76..512)?);
    let mut next = u32_at(file, 68)?;
    let most = file.len() / size + 1;
    for _ in 0..most {
        if next > LAST_SECTOR {
            break;
        }
        let mut more = numbers(sector(next)?);
        next = more.pop()?;
        parts.extend(more);
    }
    let mut table = Vec::new();
    for part in parts.into_iter().filter(|part| *part <= LAST_SECTOR).take(most) {
        table.extend(numbers(sector(part)?));
    }
    Some(table)
}

/// The bytes of a chain of sectors, `most` or few more: one that is longer than its file runs in a circle.
fn chain<'f>(start: u32, table: &[u32], most: usize, sector: &impl Fn(u32) -> Option<&'f [u8]>) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut next = start;
    while next <= LAST_SECTOR && bytes.len() < most {
        let part = sector(next).filter(|part| !part.is_empty())?;
        bytes.extend_from_slice(part);
        next = *table.get(next as usize)?;
    }
    Some(bytes)
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    let number = |chunk: &[u8]| u32::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]);
    bytes.chunks_exact(4).map(number).collect()
}

fn is_called(entry: &[u8], name: &str) -> bool {
    let units = entry[..64]
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    let written = units.take_while(|unit| *unit != 0);
    char::decode_utf16(written)
        .map(|letter| letter.unwrap_or('\u{fffd}').to_ascii_lowercase())
        .eq(name.chars().map(|letter| letter.to_ascii_lowercase()))
}
