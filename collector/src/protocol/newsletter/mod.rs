//! `GET /o/{token}.gif` and `GET /c/{token}`: a newsletter's pixel and links.
//!
//! The reader comes first: a picture is shown and a link leads on whatever becomes of the event. What could not be
//! taken is counted as refused. Only the signature decides where a link leads: a token that was not signed leads nowhere.

pub(super) mod event;
mod routes;

pub use self::routes::Newsletter;
