//! JPEG of every process of coding, 8 and 12 bits, one to four components, as our own decoder reads it; tables and scans
//! are left to the bytes behind the frame's header, or given so that the entropy-coded bits are reached at once.

use imaging::{Limits, open};

const LIMITS: Limits = Limits {
    max_pixels: 1 << 14,
    max_bytes: 1 << 20,
};
const PROCESSES: [u8; 6] = [0xC0, 0xC1, 0xC2, 0xC3, 0xC9, 0xCA];

/// What is made of the bytes.
pub type Input = (u8, u8, u8, u8, u8, bool, bool, Vec<u8>);

/// Opens it and checks what holds of every result.
pub fn run(input: Input) {
    let (process, side, components, sampling, adobe, is_deep, has_tables, body) = input;
    let process = PROCESSES[usize::from(process) % PROCESSES.len()];
    let components = components % 4 + 1;
    let mut stream = vec![0xFF, 0xD8];
    let mut segment = |marker: u8, contents: &[u8]| {
        stream.extend([0xFF, marker]);
        stream.extend((contents.len() as u16 + 2).to_be_bytes());
        stream.extend(contents);
    };
    if adobe < 3 {
        segment(
            0xEE,
            &[b'A', b'd', b'o', b'b', b'e', 0, 100, 0, 0, 0, 0, adobe],
        );
    }
    let mut frame = vec![
        if is_deep { 12 } else { 8 },
        0,
        side % 48 + 1,
        0,
        side / 5 + 1,
        components,
    ];
    for id in 1..=components {
        let factors = if id == 1 {
            sampling & 0x11 | 0x11
        } else {
            0x11
        };
        frame.extend([id, factors + (sampling & 0x33 & 0x11), 0]);
    }
    segment(process, &frame);
    if has_tables {
        let mut quantisation = vec![0];
        quantisation.extend([3; 64]);
        segment(0xDB, &quantisation);
        for class in [0x00, 0x10] {
            // 16 codes of 4 bits would leave none over.
            let mut table = vec![class, 0, 0, 0, 15];
            table.extend([0; 12]);
            table.extend(if class == 0 { 0..15 } else { 0x01..0x10 });
            segment(0xC4, &table);
        }
        let mut scan = vec![components];
        (1..=components).for_each(|id| scan.extend([id, 0]));
        let is_progressive = matches!(process, 0xC2 | 0xCA);
        scan.extend(match process {
            0xC3 => [1, 0, 0],
            _ if is_progressive => [0, 0, 0],
            _ => [0, 63, 0],
        });
        segment(0xDA, &scan);
    }
    stream.extend(body);
    stream.extend([0xFF, 0xD9]);
    if let Ok(volume) = open(&stream, "", &LIMITS) {
        assert_eq!(
            volume.voxels.len(),
            volume.voxels_per_channel() * volume.channels
        );
        let [low, high] = volume.provenance.display_range();
        assert!(low < high);
    }
}
