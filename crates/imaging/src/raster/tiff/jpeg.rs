//! Strips and tiles that are JPEG streams, with their tables in the directory (TIFF Technical Note 2).

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::FORMAT;
use super::compression::Chunk;
use crate::memory::allocate;
use crate::{Error, Limits};

/// Decodes a strip or tile to interleaved samples of `per_pixel` components, without a change of colours. Where the
/// stream is smaller than the strip or tile, the rest is 0.
pub(super) fn unpack(
    packed: &[u8],
    tables: &[u8],
    chunk: &Chunk,
    per_pixel: usize,
    limits: &Limits,
) -> Result<Vec<u8>, Error> {
    let damaged = |detail: &str| Error::damaged(FORMAT, format!("its JPEG data: {detail}"));
    // The tables end with a marker that would end the whole stream, which begins with one of its own.
    let stream = match tables {
        [] => packed.to_vec(),
        [tables @ .., _, _] => {
            let body = packed.get(2..).ok_or_else(|| damaged("a part is empty"))?;
            [tables, body].concat()
        }
        _ => return Err(damaged("their tables are empty")),
    };
    let options = DecoderOptions::new_safe()
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX));
    let fault = |error| damaged(&format!("{error}"));
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(stream), options);
    decoder.decode_headers().map_err(fault)?;
    let stored = decoder.input_colorspace();
    let Some((info, stored)) = decoder.info().zip(stored) else {
        return Err(damaged("it has no header"));
    };
    let (rows, columns) = (usize::from(info.height), usize::from(info.width));
    limits.check(
        FORMAT,
        [1, rows as u64, columns as u64],
        stored.num_components() as u64,
    )?;
    if stored.num_components() != per_pixel {
        return Err(damaged("it has another number of channels than the page"));
    }
    decoder.set_options(options.jpeg_set_out_colorspace(stored));
    let samples = decoder.decode().map_err(fault)?;
    if (rows, columns) == (chunk.rows, chunk.columns) {
        return Ok(samples);
    }
    let mut placed = allocate(chunk.length, 0_u8)?;
    let lines = samples.chunks_exact((columns * per_pixel).max(1));
    for (target, line) in placed
        .chunks_exact_mut((chunk.columns * per_pixel).max(1))
        .zip(lines)
    {
        target
            .iter_mut()
            .zip(line)
            .for_each(|(to, &sample)| *to = sample);
    }
    Ok(placed)
}
