//! Compressed copies of what is served, made once at build time.
//!
//! `name.br` and `name.gz` lie beside each file that becomes smaller, as nginx (`gzip_static`), Caddy (`precompressed`) and
//! our own server look for them. Copies are kept below the build folder under the hash of what they were made from, so
//! that only what has changed is compressed again.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::encoding::Encoding;
use crate::error::{Result, file};
use crate::hash::sha256_hex;
use crate::paths::Paths;
use crate::process::step;

/// Smaller files fit into a packet or two as they are.
const LEAST_BYTES: usize = 1024;
/// A copy must be at most this share of its file to be worth the disk.
const LARGEST_SHARE: f64 = 0.95;
/// What is compressed by its format, or is a copy itself.
const COMPRESSED: [&str; 7] = ["png", "jpg", "jpeg", "webp", "gz", "br", "zip"];
/// Higher qualities take minutes for the worker's module and save two per cent.
const BROTLI_QUALITY: u32 = 9;
/// Window of brotli, as the logarithm of its bytes: the largest that every browser takes.
const BROTLI_WINDOW: u32 = 24;
const BUFFER: usize = 1 << 16;

/// Makes the copies beside everything in `dist`.
///
/// # Errors
/// [`Error::File`](crate::error::Error::File).
pub fn write(paths: &Paths) -> Result<()> {
    step("compressing what is served", || {
        folder(&paths.dist(), &paths.target.join("compressed"))
    })
}

fn folder(dist: &Path, kept: &Path) -> Result<()> {
    fs::create_dir_all(kept).map_err(file("make the folder", kept))?;
    let mut files = Vec::new();
    collect(dist, &mut files)?;
    for path in files {
        let bytes = fs::read(&path).map_err(file("read", &path))?;
        if bytes.len() < LEAST_BYTES {
            continue;
        }
        let hash = sha256_hex(&bytes);
        for encoding in Encoding::ALL {
            let cached = kept.join(format!("{hash}.{}", encoding.ending()));
            let copy = match fs::read(&cached) {
                Ok(copy) => copy,
                Err(_) => {
                    let copy = compressed(encoding, &bytes).map_err(file("compress", &path))?;
                    let worth = copy.len() as f64 <= LARGEST_SHARE * bytes.len() as f64;
                    // An empty one says that it is not worth it.
                    let copy = if worth { copy } else { Vec::new() };
                    fs::write(&cached, &copy).map_err(file("write", &cached))?;
                    copy
                }
            };
            if !copy.is_empty() {
                let target = encoding.copy_of(&path);
                fs::write(&target, copy).map_err(file("write", &target))?;
            }
        }
    }
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)
        .map_err(file("read the folder", folder))?
        .flatten()
    {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files)?;
            continue;
        }
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        if !COMPRESSED.contains(&ending.as_ref()) {
            files.push(path);
        }
    }
    Ok(())
}

fn compressed(encoding: Encoding, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut copy = Vec::with_capacity(bytes.len() / 3);
    match encoding {
        Encoding::Brotli => {
            let mut writer =
                brotli::CompressorWriter::new(&mut copy, BUFFER, BROTLI_QUALITY, BROTLI_WINDOW);
            writer.write_all(bytes)?;
            writer.flush()?;
        }
        Encoding::Gzip => {
            let mut writer = GzEncoder::new(&mut copy, Compression::best());
            writer.write_all(bytes)?;
            writer.finish()?;
        }
    }
    Ok(copy)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Read as _;

    use super::*;

    #[test]
    fn copies_hold_what_they_were_made_from_and_are_made_once() {
        let outer = std::env::temp_dir().join(format!("penumbra-compress-{}", std::process::id()));
        let _ = fs::remove_dir_all(&outer);
        let (dist, kept) = (outer.join("dist"), outer.join("kept"));
        fs::create_dir_all(dist.join("worker")).unwrap();
        let text = "the same again and again, ".repeat(400);
        let module = dist.join("worker/module.wasm");
        fs::write(&module, &text).unwrap();
        fs::write(dist.join("small.css"), "a{}").unwrap();
        fs::write(dist.join("picture.png"), &text).unwrap();
        // A hash of hashes is as good as noise.
        let noise: String = (0..200)
            .map(|n: u32| sha256_hex(&n.to_le_bytes()))
            .collect();
        let noise: Vec<u8> = (0..noise.len() / 2)
            .map(|at| u8::from_str_radix(&noise[2 * at..2 * at + 2], 16).unwrap())
            .collect();
        fs::write(dist.join("noise.bin"), noise).unwrap();

        folder(&dist, &kept).unwrap();
        let mut back = String::new();
        let gzip = fs::read(Encoding::Gzip.copy_of(&module)).unwrap();
        flate2::read::GzDecoder::new(&gzip[..])
            .read_to_string(&mut back)
            .unwrap();
        assert_eq!(back, text);
        let mut back = Vec::new();
        let brotli = fs::read(Encoding::Brotli.copy_of(&module)).unwrap();
        brotli::BrotliDecompress(&mut &brotli[..], &mut back).unwrap();
        assert_eq!(back, text.as_bytes());
        assert!(brotli.len() < text.len() / 10 && gzip.len() < text.len() / 10);
        for plain in ["small.css", "picture.png", "noise.bin"] {
            for encoding in Encoding::ALL {
                assert!(!encoding.copy_of(&dist.join(plain)).exists(), "{plain}");
            }
        }

        // What is kept is taken: a mark in it comes out again, and a copy is no file to make a copy of.
        let cached = kept.join(format!("{}.br", sha256_hex(text.as_bytes())));
        fs::write(&cached, "kept").unwrap();
        folder(&dist, &kept).unwrap();
        assert_eq!(
            fs::read(Encoding::Brotli.copy_of(&module)).unwrap(),
            b"kept"
        );
        assert!(!dist.join("worker/module.wasm.br.gz").exists());
    }
}
