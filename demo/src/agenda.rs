//! What lies ahead of the story: tasks, what each adds, and what happens to a customer.

use serde_json::Value;

use crate::calendar::Letter;
use crate::event::Event;
use crate::sources::Source;

/// Something on the agenda.
#[derive(Clone, Debug)]
pub enum Task {
    /// A day begins: its visits are put on the agenda.
    Day(u32),
    /// Somebody comes to the site: this person from this source, or whoever it may be.
    Visit(Option<(usize, Source)>),
    App,
    Robot,
    Friend,
    Letter(Letter),
    /// Some customer rings up or walks into a store.
    Somebody(Matter),
    /// Something happens to this person.
    Matter(usize, Matter),
    /// This person has an account from now on.
    Enrol(usize),
}

/// What a task adds.
#[derive(Default)]
pub struct Script {
    /// Events, none of them before the task.
    pub events: Vec<Event>,
    /// Further tasks with their moments, none of them before the task.
    pub later: Vec<(i64, Task)>,
}

/// A finished order.
#[derive(Clone, Debug)]
pub struct Order {
    pub id: String,
    /// What was paid, in cents.
    pub cents: i64,
    /// What was bought, as an event has it.
    pub items: Value,
}

/// Something that happens to a customer away from the site.
#[derive(Clone, Debug)]
pub enum Matter {
    /// The recommendation question by mail.
    Survey,
    /// A complaint in writing.
    Ticket,
    /// Shoes that come back, with the money; the order.
    Return(Order),
    /// Somebody rings up.
    Call,
    /// Somebody walks into one of the stores.
    StoreVisit,
}
