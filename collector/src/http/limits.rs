//! The bounds of requests, connections and responses, each with its default.

/// Limits that a client can meet.
#[derive(Clone, Debug)]
pub struct HttpLimits {
    /// Body on the wire, in bytes.
    pub body_bytes_max: usize,
    /// Body after decompression, in bytes.
    pub inflated_bytes_max: usize,
    /// Bodies read and not yet answered, of all workers together, in bytes; each worker has an equal share.
    pub inflight_bytes_max: usize,
    /// Request line and headers, in bytes; at least 8,192.
    pub header_bytes_max: usize,
    /// From the first byte of a request to the end of its headers, in milliseconds.
    pub header_ms_max: u64,
    /// From the end of the headers to the end of the body, in milliseconds, for a body that does not keep up
    /// [`HttpLimits::body_bytes_per_second_min`].
    pub body_ms_max: u64,
    /// Each second's worth of bytes that arrived gives a body another second.
    pub body_bytes_per_second_min: u32,
    /// Without a request on an open connection, and for the client to take an answer, in milliseconds. A long answer
    /// has more time, see [`HttpLimits::answer_ms_allowed`].
    pub idle_ms_max: u64,
    /// From the connection to the end of its PROXY header and TLS handshake, in milliseconds.
    pub handshake_ms_max: u64,
    /// Open connections of each worker.
    pub connections_max: usize,
    /// Open connections of one client address; trusted proxies and loopback are exempt.
    pub connections_max_per_address: u32,
    /// Requests at once on one HTTP/2 connection.
    pub streams_max: u32,
    /// Answers of the API that clients have not yet taken, all together, in bytes.
    pub answer_bytes_max: usize,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            body_bytes_max: 1 << 20,
            inflated_bytes_max: 8 << 20,
            inflight_bytes_max: 256 << 20,
            header_bytes_max: 32 << 10,
            header_ms_max: 10_000,
            body_ms_max: 10_000,
            // The uplink of a phone on EDGE, 64 kbit/s.
            body_bytes_per_second_min: 8 << 10,
            // Above the minute after which common load balancers close, so that they are the ones to close.
            idle_ms_max: 75_000,
            handshake_ms_max: 10_000,
            connections_max: 20_000,
            connections_max_per_address: 1_000,
            // What RFC 9113 section 6.5.2 recommends at least.
            streams_max: 100,
            answer_bytes_max: 64 << 20,
        }
    }
}

impl HttpLimits {
    /// How long a body may take of which `bytes` have arrived, in milliseconds.
    pub fn body_ms_allowed(&self, bytes: u64) -> u64 {
        self.body_ms_max + self.ms_at_least_rate(bytes)
    }

    /// How long a client may take for an answer of which it was given `bytes`, in milliseconds.
    pub fn answer_ms_allowed(&self, bytes: u64) -> u64 {
        self.idle_ms_max.saturating_add(self.ms_at_least_rate(bytes))
    }

    fn ms_at_least_rate(&self, bytes: u64) -> u64 {
        bytes.saturating_mul(1_000) / u64::from(self.body_bytes_per_second_min.max(1))
    }
}
