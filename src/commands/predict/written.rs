//! A row of numbers as text: each the shortest that reads back to the same bits.

/// Adds a line to `out`, comma-separated.
pub fn line(values: &[f64], out: &mut Vec<u8>) {
    for (place, &value) in values.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        let mut room = ryu::Buffer::new();
        let text = room.format(value);
        out.extend_from_slice(text.strip_suffix(".0").unwrap_or(text).as_bytes());
    }
    out.push(b'\n');
}
