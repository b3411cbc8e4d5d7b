//! The load generator: HTTP/1.1 over connections that are kept open, one thread, as little work a request as can be.
//!
//! Closed: each connection sends its next request when it has its answer. Open: requests are due at a constant rate
//! whatever the server does, and a latency counts from the moment at which the request was due, so that a server
//! that stalls cannot hide what waited meanwhile ("coordinated omission", Gil Tene).

use std::collections::{BTreeMap, VecDeque};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use rustix::event::{Timespec, epoll};

use super::answer::{Head, read_head};

/// How requests follow each other.
#[derive(Clone, Copy, Debug)]
pub enum Pace {
    /// The next one when the last one is answered.
    Closed,
    /// So many a second.
    Open(f64),
}

/// What came of a drive.
#[derive(Clone, Debug, Default)]
pub struct Driven {
    /// Requests answered, by status code.
    pub statuses: BTreeMap<u16, u64>,
    /// From the first request to the last answer.
    pub seconds: f64,
    /// From the moment at which each request was due to its answer, in microseconds, unsorted.
    pub latencies_us: Vec<u32>,
    /// The body of the first answer that was no success.
    pub first_refusal: Option<String>,
}

impl Driven {
    /// Requests answered.
    pub fn requests(&self) -> u64 {
        self.statuses.values().sum()
    }

    /// Requests a second.
    pub fn per_second(&self) -> f64 {
        self.requests() as f64 / self.seconds
    }

    /// Fails when an answer was no success.
    ///
    /// # Errors
    /// Says how many, and what the first one said.
    pub fn all_taken(self) -> anyhow::Result<Self> {
        let all_2xx = self.statuses.keys().all(|status| (200..300).contains(status));
        ensure!(
            all_2xx,
            "answers by status {:?}: {:?}",
            self.statuses,
            self.first_refusal.unwrap_or_default()
        );
        Ok(self)
    }
}

/// Open connections to one server.
pub struct Client {
    epoll: OwnedFd,
    connections: Vec<Link>,
}

struct Link {
    stream: TcpStream,
    request: Vec<u8>,
    sent: usize,
    received: Vec<u8>,
    due: Instant,
    waits_to_write: bool,
}

impl Client {
    /// Opens `count` connections.
    ///
    /// # Errors
    /// The server takes no more, or this process may have no more.
    pub fn open(address: SocketAddr, count: usize) -> anyhow::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let mut connections = Vec::with_capacity(count);
        for number in 0..count {
            let stream =
                TcpStream::connect(address).with_context(|| format!("connection {number} to {address}"))?;
            stream.set_nodelay(true)?;
            stream.set_nonblocking(true)?;
            epoll::add(&epoll, &stream, epoll::EventData::new_u64(number as u64), epoll::EventFlags::IN)?;
            connections.push(Link {
                stream,
                request: Vec::new(),
                sent: 0,
                received: Vec::with_capacity(2048),
                due: Instant::now(),
                waits_to_write: false,
            });
        }
        Ok(Self { epoll, connections })
    }

    /// Sends what `write` writes for `duration`, then waits for the answers that are missing.
    ///
    /// # Errors
    /// The server closes a connection or answers something that is not HTTP.
    pub fn drive(
        &mut self,
        pace: Pace,
        duration: Duration,
        write: impl FnMut(&mut Vec<u8>),
    ) -> anyhow::Result<Driven> {
        let started = Instant::now();
        let drive = Drive {
            client: self,
            write,
            pace,
            until: started + duration,
            next_due: started,
            overdue: VecDeque::new(),
            idle: VecDeque::new(),
            in_flight: 0,
            driven: Driven::default(),
        };
        drive.run(started)
    }
}

struct Drive<'a, W> {
    client: &'a mut Client,
    write: W,
    pace: Pace,
    until: Instant,
    next_due: Instant,
    /// Requests that are due and found no free connection.
    overdue: VecDeque<Instant>,
    idle: VecDeque<usize>,
    in_flight: usize,
    driven: Driven,
}

impl<W: FnMut(&mut Vec<u8>)> Drive<'_, W> {
    fn run(mut self, started: Instant) -> anyhow::Result<Driven> {
        self.idle.extend(0..self.client.connections.len());
        if matches!(self.pace, Pace::Closed) {
            while let Some(number) = self.idle.pop_front() {
                self.send(number, Instant::now())?;
            }
        }
        let mut events = Vec::with_capacity(512);
        loop {
            self.send_what_is_due()?;
            let now = Instant::now();
            let over = now >= self.until && self.overdue.is_empty();
            if over && self.in_flight == 0 {
                break;
            }
            let wait = match self.pace {
                Pace::Open(_) if !over => self.next_due.saturating_duration_since(now),
                _ => Duration::from_secs(10),
            };
            let timeout = Timespec::try_from(wait)?;
            events.clear();
            match epoll::wait(&self.client.epoll, rustix::buffer::spare_capacity(&mut events), Some(&timeout))
            {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            for event in &events {
                self.attend(event.data.u64() as usize, event.flags)?;
            }
        }
        self.driven.seconds = started.elapsed().as_secs_f64();
        Ok(self.driven)
    }

    fn send_what_is_due(&mut self) -> anyhow::Result<()> {
        let Pace::Open(per_second) = self.pace else { return Ok(()) };
        let now = Instant::now();
        while self.next_due <= now && self.next_due < self.until {
            self.overdue.push_back(self.next_due);
            self.next_due += Duration::from_secs_f64(1.0 / per_second);
        }
        while !self.overdue.is_empty() && !self.idle.is_empty() {
            if let (Some(due), Some(number)) = (self.overdue.pop_front(), self.idle.pop_front()) {
                self.send(number, due)?;
            }
        }
        Ok(())
    }

    fn send(&mut self, number: usize, due: Instant) -> anyhow::Result<()> {
        let link = &mut self.client.connections[number];
        link.request.clear();
        (self.write)(&mut link.request);
        (link.sent, link.due) = (0, due);
        self.in_flight += 1;
        self.push(number)
    }

    /// Writes what the socket takes, and asks to be told when it takes more.
    fn push(&mut self, number: usize) -> anyhow::Result<()> {
        let link = &mut self.client.connections[number];
        while link.sent < link.request.len() {
            match link.stream.write(&link.request[link.sent..]) {
                Ok(written) => link.sent += written,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error).context("sending"),
            }
        }
        let waits = link.sent < link.request.len();
        if waits != link.waits_to_write {
            link.waits_to_write = waits;
            let flags =
                if waits { epoll::EventFlags::IN | epoll::EventFlags::OUT } else { epoll::EventFlags::IN };
            let data = epoll::EventData::new_u64(number as u64);
            epoll::modify(&self.client.epoll, &link.stream, data, flags)?;
        }
        Ok(())
    }

    fn attend(&mut self, number: usize, flags: epoll::EventFlags) -> anyhow::Result<()> {
        if flags.contains(epoll::EventFlags::OUT) {
            self.push(number)?;
        }
        if !flags.intersects(epoll::EventFlags::IN | epoll::EventFlags::HUP | epoll::EventFlags::ERR) {
            return Ok(());
        }
        let link = &mut self.client.connections[number];
        let mut bytes = [0; 16 << 10];
        match link.stream.read(&mut bytes) {
            Ok(0) => anyhow::bail!("the server closed a connection"),
            Ok(read) => link.received.extend_from_slice(&bytes[..read]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
                return Ok(());
            }
            Err(error) => return Err(error).context("receiving"),
        }
        let Some(Head { status, bytes, body_bytes }) = read_head(&link.received)? else { return Ok(()) };
        if link.received.len() < bytes + body_bytes {
            return Ok(());
        }
        let latency = link.due.elapsed();
        if !(200..300).contains(&status) && self.driven.first_refusal.is_none() {
            self.driven.first_refusal = Some(String::from_utf8_lossy(&link.received[bytes..]).into_owned());
        }
        link.received.clear();
        self.in_flight -= 1;
        *self.driven.statuses.entry(status).or_default() += 1;
        self.driven.latencies_us.push(u32::try_from(latency.as_micros()).unwrap_or(u32::MAX));
        match self.pace {
            Pace::Closed if Instant::now() < self.until => self.send(number, Instant::now()),
            Pace::Closed => Ok(()),
            Pace::Open(_) => {
                self.idle.push_back(number);
                self.send_what_is_due()
            }
        }
    }
}
