//! What node calls: room for packed files, the account, and where it stands.

// An exported name is unsafe, because it could be that of another function; these three are the module's only ones.
#![allow(unsafe_code)]

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{account, unpack};

static INPUT: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static ANSWER: Mutex<Vec<u8>> = Mutex::new(Vec::new());

fn locked(bytes: &Mutex<Vec<u8>>) -> MutexGuard<'_, Vec<u8>> {
    bytes.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes room for `length` packed bytes and says where it begins.
#[unsafe(no_mangle)]
pub extern "C" fn room(length: usize) -> *mut u8 {
    let mut input = locked(&INPUT);
    input.clear();
    input.resize(length, 0);
    input.as_mut_ptr()
}

/// Opens what was put into the room, and says how many bytes its account has.
#[unsafe(no_mangle)]
pub extern "C" fn run() -> usize {
    let files = unpack(&std::mem::take(&mut *locked(&INPUT)));
    let mut answer = locked(&ANSWER);
    *answer = account(files).into_bytes();
    answer.len()
}

/// Where the account begins.
#[unsafe(no_mangle)]
pub extern "C" fn answer() -> *const u8 {
    locked(&ANSWER).as_ptr()
}
