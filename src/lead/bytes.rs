//! Little-endian numbers, into bytes and out of them. Each number has one form alone.

/// Bytes that are no facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    #[error("facts are of form {0}, which this binary does not read")]
    Version(u8),
    #[error("facts end too early")]
    Truncated,
    #[error("facts are followed by {0} bytes more")]
    Trailing(usize),
    #[error("facts hold an impossible {0}")]
    Impossible(&'static str),
}

/// An instant below 2^48.
pub(super) fn put_u48(instant_ms: i64, out: &mut Vec<u8>) {
    out.extend_from_slice(&instant_ms.to_le_bytes()[..6]);
}

/// LEB128: seven bits a byte, the lowest first.
pub(super) fn put_varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Room for so many entries of equal length at the end of `out`, all zeros.
pub(super) fn room<const ENTRY: usize>(entries: usize, out: &mut Vec<u8>) -> &mut [[u8; ENTRY]] {
    let start = out.len();
    out.resize(start + entries * ENTRY, 0);
    out[start..].as_chunks_mut().0
}

/// What is left to read.
pub(super) struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    pub fn take(&mut self, len: usize) -> Result<&'a [u8], CodecError> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or(CodecError::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], CodecError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(CodecError::Truncated)?;
        self.0 = rest;
        Ok(*taken)
    }

    pub fn u64(&mut self) -> Result<u64, CodecError> {
        self.array().map(u64::from_le_bytes)
    }

    pub fn u48(&mut self) -> Result<i64, CodecError> {
        let [a, b, c, d, e, f] = self.array()?;
        Ok(i64::from_le_bytes([a, b, c, d, e, f, 0, 0]))
    }

    pub fn varint(&mut self) -> Result<u64, CodecError> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let shortest = byte != 0 || shift == 0;
                let fits = shift < 63 || byte == 1;
                return if shortest && fits { Ok(number) } else { Err(CodecError::Impossible("number")) };
            }
        }
        Err(CodecError::Impossible("number"))
    }

    /// A count, which is above 0. Nearly all are of one byte, or of two.
    #[inline]
    pub fn count(&mut self) -> Result<u32, CodecError> {
        if let [byte @ 1..0x80, rest @ ..] = self.0 {
            self.0 = rest;
            return Ok(u32::from(*byte));
        }
        if let [low @ 0x80..=0xff, high @ 1..0x80, rest @ ..] = self.0 {
            self.0 = rest;
            return Ok(u32::from(low & 0x7f) | u32::from(*high) << 7);
        }
        u32::try_from(self.varint()?).ok().filter(|count| *count > 0).ok_or(CodecError::Impossible("count"))
    }
}
