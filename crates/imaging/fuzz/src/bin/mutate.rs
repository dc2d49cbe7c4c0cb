//! Tries mutated inputs on a target without instrumentation, reproducibly: `mutate TARGET SEED EXECUTIONS CORPUS`.
//!
//! The corpus is a folder of files; where it is empty or absent, random bytes are the beginning. Every execution takes one
//! of them, or one made earlier, and changes some of its bytes. A panic, also one that the library turns into an
//! error, is printed with its input in hexadecimal digits and
//! ends the program with code 1.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use arbitrary::{Arbitrary, Unstructured};

/// Whether anything panicked, also where the library made an error of it.
static PANICKED: AtomicBool = AtomicBool::new(false);
/// Inputs that are kept at a time.
const MAX_POOL: usize = 4096;
/// Longest input in bytes.
const MAX_LENGTH: usize = 8192;

/// xorshift64* (S. Vigna, "An experimental exploration of Marsaglia's xorshift generators", 2016).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 33) as usize % bound.max(1)
    }
}

/// Numbers that sizes and offsets go wrong at.
const EDGES: [u32; 12] = [
    0,
    1,
    2,
    7,
    8,
    0x7F,
    0xFF,
    0x7FFF,
    0xFFFF,
    0x7FFF_FFFF,
    0xFFFF_FFFE,
    0xFFFF_FFFF,
];

fn mutate(random: &mut Random, input: &mut Vec<u8>, other: &[u8]) {
    for _ in 0..=random.below(4) {
        let at = random.below(input.len().max(1));
        match random.below(9) {
            0 => {
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
            1 => {
                if let Some(byte) = input.get_mut(at) {
                    *byte = random.next() as u8;
                }
            }
            2 => input.insert(at.min(input.len()), random.next() as u8),
            3 => {
                let end = (at + 1 + random.below(16)).min(input.len());
                input.drain(at.min(end)..end);
            }
            4 => {
                let edge = EDGES[random.below(EDGES.len())];
                let width = 1 << random.below(3);
                let bytes = if random.below(2) == 0 {
                    edge.to_le_bytes()[..width].to_vec()
                } else {
                    edge.to_be_bytes()[4 - width..].to_vec()
                };
                for (target, byte) in input.iter_mut().skip(at).zip(bytes) {
                    *target = byte;
                }
            }
            5 => {
                let start = random.below(other.len().max(1));
                let part = other.iter().skip(start).take(1 + random.below(64));
                let place = at.min(input.len());
                input.splice(place..place, part.copied());
            }
            6 => {
                let length = random.below(32);
                let part: Vec<u8> = input.iter().skip(at).take(length).copied().collect();
                let to = random.below(input.len().max(1));
                for (target, byte) in input.iter_mut().skip(to).zip(part) {
                    *target = byte;
                }
            }
            7 => input.truncate(at),
            _ => {
                let length = random.below(48);
                input.extend((0..length).map(|_| random.next() as u8));
            }
        }
    }
    input.truncate(MAX_LENGTH);
}

fn with<I: for<'a> Arbitrary<'a>>(bytes: &[u8], run: fn(I)) {
    if let Ok(input) = I::arbitrary_take_rest(Unstructured::new(bytes)) {
        run(input);
    }
}

fn target(name: &str) -> Option<fn(&[u8])> {
    use imaging_fuzz::*;
    Some(match name {
        "nifti" => nifti::run,
        "open" => open::run,
        "dicom" => dicom::run,
        "files" => files::run,
        "tiff" => |bytes| with(bytes, tiff::run),
        "grid" => |bytes| with(bytes, grid::run),
        "jpeg_ls" => |bytes| with(bytes, jpeg_ls::run),
        "ccitt" => |bytes| with(bytes, ccitt::run),
        "jpeg" => |bytes| with(bytes, jpeg::run),
        "dicom_series" => |bytes| with(bytes, dicom_series::run),
        _ => return None,
    })
}

fn corpus(folder: &str) -> Vec<Vec<u8>> {
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    let files = paths.iter().filter_map(|path| std::fs::read(path).ok());
    files.filter(|file| file.len() <= MAX_LENGTH).collect()
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, seed, executions, folder] = arguments.as_slice() else {
        eprintln!("call it as `mutate TARGET SEED EXECUTIONS CORPUS`");
        return ExitCode::from(2);
    };
    let (Some(run), Ok(seed), Ok(executions)) =
        (target(name), seed.parse::<u64>(), executions.parse::<u64>())
    else {
        eprintln!(
            "`{name}`, `{seed}` and `{executions}` are no target, seed and number of executions"
        );
        return ExitCode::from(2);
    };
    std::panic::set_hook(Box::new(|panic| {
        PANICKED.store(true, Ordering::Relaxed);
        println!("{panic}");
    }));
    let mut random = Random(seed.wrapping_mul(2).wrapping_add(1));
    let mut pool = corpus(folder);
    for _ in pool.len()..64 {
        let length = random.below(256);
        pool.push((0..length).map(|_| random.next() as u8).collect());
    }
    let first = pool.len();
    for _ in 0..executions {
        let mut input = pool[random.below(pool.len())].clone();
        let other = &pool[random.below(pool.len())];
        mutate(&mut random, &mut input, other);
        let outcome = catch_unwind(AssertUnwindSafe(|| run(&input)));
        if outcome.is_err() || PANICKED.load(Ordering::Relaxed) {
            let digits: String = input.iter().map(|byte| format!("{byte:02x}")).collect();
            println!("{name}: a panic with seed {seed} on {digits}");
            return ExitCode::FAILURE;
        }
        // Some mutants become ancestors, so that changes add up.
        if random.below(64) == 0 {
            if pool.len() < MAX_POOL {
                pool.push(input);
            } else {
                let place = first + random.below(MAX_POOL - first);
                pool[place] = input;
            }
        }
    }
    println!("{name}: {executions} executions with seed {seed}, no panic");
    ExitCode::SUCCESS
}
