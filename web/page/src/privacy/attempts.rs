//! Attempts to send something away, each in a way of its own, and what the browser did.

/// A way to send something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// `fetch`.
    Fetch,
    /// An image from elsewhere, with the data in its address.
    Image,
    /// `navigator.sendBeacon`.
    Beacon,
    /// A WebSocket.
    WebSocket,
    /// A form that is sent.
    Form,
    /// A connection of WebRTC, whose first packets go to a server that the page names.
    WebRtc,
}

impl Way {
    /// All of them, in the order in which they are tried.
    pub const ALL: [Self; 6] = [
        Self::Fetch,
        Self::Image,
        Self::Beacon,
        Self::WebSocket,
        Self::Form,
        Self::WebRtc,
    ];

    /// Its name as it stands in the address of the attempt and in the page's attributes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fetch => "fetch",
            Self::Image => "image",
            Self::Beacon => "beacon",
            Self::WebSocket => "websocket",
            Self::Form => "form",
            Self::WebRtc => "webrtc",
        }
    }

    /// Where the attempt goes: a name that never exists (RFC 2606, section 2) and, where names are not taken, an address that
    /// belongs to nobody (RFC 5737). `pixel` is what would be sent.
    #[must_use]
    pub fn address(self, pixel: &str) -> String {
        let name = self.name();
        match self {
            Self::Fetch | Self::Image | Self::Beacon | Self::Form => {
                format!("https://penumbra.invalid/{name}?pixel={pixel}")
            }
            Self::WebSocket => format!("wss://penumbra.invalid/{name}?pixel={pixel}"),
            Self::WebRtc => "stun:192.0.2.1:3478".to_owned(),
        }
    }
}

/// What the browser did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It refused, and named the directive of the page's policy.
    Refused(String),
    /// It refused without naming one.
    RefusedAnyhow,
    /// It tried: no policy stood in its way.
    NotRefused,
    /// It has no such thing.
    Absent,
}

impl Outcome {
    /// From what was seen: the directive of a reported violation, and whether the call itself failed at once.
    #[must_use]
    pub fn of(violated: Option<String>, failed_at_once: bool) -> Self {
        match (violated, failed_at_once) {
            (Some(directive), _) => Self::Refused(directive),
            (None, true) => Self::RefusedAnyhow,
            (None, false) => Self::NotRefused,
        }
    }

    /// Its name in the page's attributes.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Refused(_) | Self::RefusedAnyhow => "refused",
            Self::NotRefused => "not-refused",
            Self::Absent => "absent",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_reach_nobody() {
        for way in Way::ALL {
            let address = way.address("ff00ff");
            let reserved =
                address.contains("//penumbra.invalid/") || address.contains(":192.0.2.1:");
            assert!(reserved, "{address}");
        }
    }

    #[test]
    fn a_violation_counts_before_everything_else() {
        let directive = || Some("connect-src".to_owned());
        assert_eq!(
            Outcome::of(directive(), true),
            Outcome::Refused("connect-src".to_owned())
        );
        assert_eq!(Outcome::of(directive(), false).name(), "refused");
        assert_eq!(Outcome::of(None, true), Outcome::RefusedAnyhow);
        assert_eq!(Outcome::of(None, false), Outcome::NotRefused);
    }
}
