//! A request with its buffers, checked against each other; answers encoded.

use std::fmt::Display;

use protocol::{Request, Response, Stage};

use crate::error::Error;
use crate::host::Host;

/// A request with the bytes that came with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// The request.
    pub request: Request,
    /// Its buffers, as many as the request has files.
    pub buffers: Vec<Vec<u8>>,
}

impl Incoming {
    /// Takes a request whose buffers are all there; none of `buffers` stands for one that is no array of bytes.
    ///
    /// # Errors
    /// [`Error::Buffer`] for the first that is none, [`Error::Buffers`] where there are fewer or more of them than the
    /// request has files: bytes would go under another file's name.
    pub fn new(request: Request, buffers: Vec<Option<Vec<u8>>>) -> Result<Self, Error> {
        let found = buffers.len();
        let expected = request.buffers();
        if found != expected {
            return Err(Error::Buffers { found, expected });
        }
        let all = buffers.into_iter().enumerate().map(|(place, buffer)| {
            buffer.ok_or(Error::Buffer {
                place: place + 1,
                of: expected,
            })
        });
        Ok(Self {
            buffers: all.collect::<Result<_, _>>()?,
            request,
        })
    }
}

/// An answer in the host's own form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded<T> {
    /// The message.
    pub message: T,
    /// Whether it is the answer itself, so that its arrays belong to it; else it is a failure that says why not.
    pub is_answer: bool,
}

/// Encodes an answer. One that cannot be encoded becomes a failure of the same job: the page must not wait for ever.
///
/// # Errors
/// The encoder's, where it cannot encode the failure either.
pub fn encode<T, E: Display>(
    response: &Response,
    encoder: impl Fn(&Response) -> Result<T, E>,
) -> Result<Encoded<T>, E> {
    let reason = match encoder(response) {
        Ok(message) => {
            return Ok(Encoded {
                message,
                is_answer: true,
            });
        }
        Err(error) => error.to_string(),
    };
    let error = Error::Answer(reason);
    let failure = Response::Failed {
        job: response.job(),
        message: error.sentence(),
        details: error.details(),
        cause: error.cause(),
    };
    Ok(Encoded {
        message: encoder(&failure)?,
        is_answer: false,
    })
}

/// Tells the page where the work stands.
pub(crate) fn progress(
    host: &impl Host,
    job: Option<u32>,
    stage: Stage,
    done: usize,
    total: usize,
) {
    let (done, total) = (count(done), count(total));
    host.send(
        &Response::Progress {
            job,
            stage,
            done,
            total,
        },
        &[],
    );
}

/// A count for a message.
pub(crate) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn check(names: usize) -> Request {
        Request::Check {
            job: 3,
            names: (0..names).map(|name| format!("{name}.png")).collect(),
        }
    }

    #[test]
    fn bytes_go_with_their_names_or_not_at_all() {
        let taken = Incoming::new(check(2), vec![Some(vec![1]), Some(vec![])]).unwrap();
        assert_eq!(taken.buffers, [vec![1], vec![]]);
        let text = |buffers| {
            Incoming::new(check(2), buffers)
                .unwrap_err()
                .details()
                .unwrap()
        };
        // The second is none: the third must not take its name.
        assert!(text(vec![Some(vec![1]), None]).starts_with("File 2 of 2"));
        assert!(text(vec![Some(vec![1])]).contains("came with 1;"));
        assert!(text(vec![None; 3]).contains("came with 3;"));
        let cancel = Request::Cancel { job: 1 };
        assert!(Incoming::new(cancel.clone(), vec![]).is_ok());
        assert!(Incoming::new(cancel, vec![Some(vec![])]).is_err());
    }

    #[test]
    fn an_answer_that_cannot_be_encoded_becomes_a_failure() {
        let described = Response::Described {
            job: 8,
            summary: "{}".to_owned(),
        };
        let said = encode(&described, |response| match response {
            Response::Failed { job, details, .. } => Ok(format!("{job:?} {details:?}")),
            _ => Err("a number is too large"),
        })
        .unwrap();
        assert!(!said.is_answer);
        assert!(
            said.message.starts_with("Some(8) ") && said.message.contains("a number is too large"),
            "{}",
            said.message
        );
        let said = encode(&described, |_| Ok::<_, String>(1)).unwrap();
        assert_eq!((said.message, said.is_answer), (1, true));
        assert!(encode(&described, |_| Err::<(), _>("no memory")).is_err());
    }
}
