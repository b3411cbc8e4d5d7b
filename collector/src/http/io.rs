//! A connection's bytes on their way to and from hyper, watched for when a request begins and an answer is out.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use super::connection::{Connection, Phase};

/// What connections run over: TCP, with TLS or without.
pub trait Transport: AsyncRead + AsyncWrite + Unpin {}

impl<T: AsyncRead + AsyncWrite + Unpin> Transport for T {}

/// A transport that tells its [`Connection`] what happens.
pub struct Watched<T> {
    inner: TokioIo<T>,
    /// Bytes that were read before and come first.
    before: Bytes,
    connection: Arc<Connection>,
    swallowed: bool,
}

impl<T: Transport> Watched<T> {
    /// Watches a transport.
    pub fn new(inner: T, connection: Arc<Connection>) -> Self {
        Self { inner: TokioIo::new(inner), before: Bytes::new(), connection, swallowed: false }
    }

    /// Puts bytes back that were read.
    pub fn put_back(&mut self, bytes: Bytes) {
        self.before = bytes;
    }

    /// The transport.
    pub fn transport(&mut self) -> &mut T {
        self.inner.inner_mut()
    }

    /// Whether hyper wanted to answer by itself, which it does when it cannot read a request's head: without a body and
    /// without what a page needs to read it. Nothing of that was sent.
    pub const fn has_swallowed(&self) -> bool {
        self.swallowed
    }

    /// What is written before a request has reached its route is not ours.
    fn swallows(&mut self) -> bool {
        let before_route = matches!(self.connection.phase(), Phase::Idle | Phase::Head);
        self.swallowed |= before_route && !self.connection.is_http2();
        self.swallowed
    }

    fn watch_write(&self, result: &Poll<io::Result<usize>>) {
        match result {
            Poll::Pending => self.connection.write_blocks(),
            Poll::Ready(_) => self.connection.write_goes_on(),
        }
    }

    /// Whether bytes were put back and not read again.
    pub fn has_bytes(&self) -> bool {
        !self.before.is_empty()
    }
}

impl<T: Transport> Read for Watched<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.before.is_empty() {
            let length = this.before.len().min(buffer.remaining());
            buffer.put_slice(&this.before[..length]);
            this.before.advance(length);
            if this.before.is_empty() {
                this.before = Bytes::new();
            }
            this.connection.bytes_arrived();
            return Poll::Ready(Ok(()));
        }
        let result = Pin::new(&mut this.inner).poll_read(context, buffer);
        if result.is_ready() {
            this.connection.bytes_arrived();
        }
        result
    }
}

impl<T: Transport> Write for Watched<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.swallows() {
            return Poll::Ready(Ok(bytes.len()));
        }
        let result = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.watch_write(&result);
        result
    }

    /// hyper flushes only when it has handed over everything that it had to write.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.inner).poll_flush(context);
        if result.is_ready() {
            self.connection.flushed();
        }
        result
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.swallowed {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.inner).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.swallows() {
            return Poll::Ready(Ok(buffers.iter().map(|buffer| buffer.len()).sum()));
        }
        let result = Pin::new(&mut self.inner).poll_write_vectored(context, buffers);
        self.watch_write(&result);
        result
    }
}
