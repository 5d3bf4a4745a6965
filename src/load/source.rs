//! The bytes of a file, whole or a block at a time, and their fingerprint.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use blake3::Hasher;
use blake3::hazmat::{
    ChainingValue, HasherExt, Mode, left_subtree_len, merge_subtrees_non_root,
    merge_subtrees_root,
};

/// The bytes of a block: a power of two, so that a block is a subtree of the fingerprint,
/// and small enough to stay in the cache of a core while its numbers are read.
pub(crate) const BLOCK: usize = 1 << 18;

/// Bytes that can be read at any place: of a file, or in memory.
pub struct ByteSource<'a> {
    place: Box<dyn Place + 'a>,
    length: usize,
    at: usize,
}

trait Place: Read + Seek + Send {}

impl<T: Read + Seek + Send> Place for T {}

impl<'a> ByteSource<'a> {
    /// The bytes of an open file.
    ///
    /// # Errors
    /// When the system does not tell its length.
    pub fn from_file(file: &'a File) -> io::Result<Self> {
        let length = usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?;
        Ok(Self { place: Box::new(file), length, at: 0 })
    }

    /// Bytes in memory.
    pub fn from_bytes(bytes: &'a [u8]) -> Self {
        Self { place: Box::new(Cursor::new(bytes)), length: bytes.len(), at: 0 }
    }

    /// How many bytes there are.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// At most `length` bytes from `at` on.
    pub(crate) fn part(&mut self, at: usize, length: usize) -> io::Result<Vec<u8>> {
        self.go_to(at)?;
        let length = length.min(self.length.saturating_sub(at));
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(length).map_err(|_| io::ErrorKind::OutOfMemory)?;
        bytes.resize(length, 0);
        let read = self.fill(&mut bytes)?;
        bytes.truncate(read);
        Ok(bytes)
    }

    pub(crate) fn go_to(&mut self, at: usize) -> io::Result<()> {
        self.at = at;
        self.place.seek(SeekFrom::Start(at as u64)).map(|_| ())
    }

    /// Fills a buffer with what comes next; it is less than asked for at the end only.
    ///
    /// A file that a recorder is still writing ends where it ended when it was opened.
    pub(crate) fn fill(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len().min(self.length.saturating_sub(self.at));
        self.place.read_exact(&mut buffer[..length])?;
        self.at += length;
        Ok(length)
    }
}

/// The fingerprint (BLAKE3) of bytes that were read in blocks, in any order.
#[derive(Debug, Default)]
pub(crate) struct Fingerprint {
    parts: Vec<(usize, ChainingValue)>,
}

impl Fingerprint {
    /// Takes the block with a number; every block but the last is [`BLOCK`] bytes long.
    pub(crate) fn take(&mut self, number: usize, block: &[u8]) {
        if block.is_empty() {
            return;
        }
        let mut hasher = Hasher::new();
        hasher.set_input_offset((number * BLOCK) as u64).update(block);
        self.parts.push((number, hasher.finalize_non_root()));
    }

    /// Takes what another thread has taken.
    pub(crate) fn join(&mut self, other: Self) {
        self.parts.extend(other.parts);
    }

    /// The fingerprint in hexadecimal; none of fewer than two blocks, which have no
    /// subtrees.
    pub(crate) fn finish(mut self) -> Option<String> {
        self.parts.sort_unstable_by_key(|(number, _)| *number);
        let values: Vec<ChainingValue> =
            self.parts.into_iter().map(|(_, value)| value).collect();
        let (left, right) = values.split_at_checked(left_parts(values.len()))?;
        if left.is_empty() {
            return None;
        }
        Some(
            merge_subtrees_root(&joined(left), &joined(right), Mode::Hash)
                .to_hex()
                .to_string(),
        )
    }
}

/// How many of several parts are left of the uppermost branch; 0 where there is none.
fn left_parts(parts: usize) -> usize {
    if parts < 2 { 0 } else { left_subtree_len((parts * BLOCK) as u64) as usize / BLOCK }
}

fn joined(parts: &[ChainingValue]) -> ChainingValue {
    match parts {
        [one] => *one,
        _ => {
            let (left, right) = parts.split_at(left_parts(parts.len()));
            merge_subtrees_non_root(&joined(left), &joined(right), Mode::Hash)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_in_any_order_have_the_fingerprint_of_the_whole() {
        for length in [BLOCK + 1, 2 * BLOCK, 3 * BLOCK - 5, 7 * BLOCK + 12_345] {
            let bytes: Vec<u8> = (0..length)
                .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
                .collect();
            let (mut one, mut other) = (Fingerprint::default(), Fingerprint::default());
            for (number, block) in bytes.chunks(BLOCK).enumerate() {
                if number % 3 == 1 {
                    one.take(number, block)
                } else {
                    other.take(number, block)
                }
            }
            one.join(other);
            assert_eq!(
                one.finish().unwrap(),
                blake3::hash(&bytes).to_hex().to_string(),
                "{length} bytes"
            );
        }
        assert_eq!(Fingerprint::default().finish(), None);
    }

    #[test]
    fn a_part_ends_where_the_bytes_end() {
        let mut source = ByteSource::from_bytes(b"abcdef");
        assert_eq!(source.part(4, 10).unwrap(), b"ef");
        assert_eq!(source.part(40, 10).unwrap(), b"");
        source.go_to(1).unwrap();
        let mut buffer = [0; 3];
        assert_eq!((source.fill(&mut buffer).unwrap(), &buffer), (3, b"bcd"));
    }
}
