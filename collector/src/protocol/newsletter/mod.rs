//! The newsletter: `GET /o/{token}.gif` and `GET /c/{token}`, signed addresses of a mail's pixel and links.

mod event;
mod routes;

pub use event::event;
