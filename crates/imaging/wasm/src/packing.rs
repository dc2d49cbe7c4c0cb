//! Several named files as one run of bytes, which is all that goes into a WebAssembly module.

use imaging::NamedBytes;

/// One after another: the length of the name, the name, the length of the content, the content; lengths as
/// little-endian 32-bit numbers.
pub fn pack(files: &[NamedBytes]) -> Vec<u8> {
    let mut packed = Vec::new();
    for file in files {
        for part in [file.name.as_bytes(), &file.bytes] {
            packed.extend((part.len() as u32).to_le_bytes());
            packed.extend(part);
        }
    }
    packed
}

/// The files in packed bytes, as far as they are whole.
pub fn unpack(mut packed: &[u8]) -> Vec<NamedBytes> {
    let mut files = Vec::new();
    while let Some((name, rest)) = part(packed)
        && let Some((bytes, rest)) = part(rest)
    {
        files.push(NamedBytes {
            name: String::from_utf8_lossy(name).into_owned(),
            bytes: bytes.to_vec(),
        });
        packed = rest;
    }
    files
}

fn part(packed: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = packed.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}

#[cfg(test)]
mod tests {
    use imaging::NamedBytes;

    use super::{pack, unpack};

    #[test]
    fn what_is_packed_comes_out_again() {
        let files =
            [("a b.nii", vec![1, 2, 3]), ("ü", Vec::new())].map(|(name, bytes)| NamedBytes {
                name: name.to_owned(),
                bytes,
            });
        let mut packed = pack(&files);
        let again = unpack(&packed);
        assert_eq!(again.len(), 2);
        for (file, again) in files.iter().zip(&again) {
            assert_eq!((&file.name, &file.bytes), (&again.name, &again.bytes));
        }
        packed.pop();
        packed.truncate(packed.len() - 3);
        assert_eq!(unpack(&packed).len(), 1);
    }
}
