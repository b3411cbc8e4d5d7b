//! `orma accounts`: what does not add up, and what an operator gives up of it.

use std::io::{self, Write as _};

use anyhow::Context;
use orma_query::Timestamp;
use orma_query::accounts::{AccountsWatch, Difference, Judged, write_off};
use orma_store::Store;
use serde_json::json;

use super::Session;
use crate::cli::AccountsAction;

pub async fn run(action: AccountsAction) -> anyhow::Result<()> {
    let session = Session::open(action.store()).await?;
    let done = carry_out(&session, action).await;
    session.close().await;
    done
}

async fn carry_out(session: &Session, action: AccountsAction) -> anyhow::Result<()> {
    let store = &session.store;
    match action {
        AccountsAction::List { site, json, .. } => {
            if let Some(site) = &site {
                session.site(site)?;
            }
            list(store, site.as_deref(), json).await
        }
        AccountsAction::WriteOff { site, note, from, to, .. } => {
            session.site(&site)?;
            let hours = Timestamp(from.as_millisecond())..Timestamp(to.as_millisecond());
            let written = write_off(store, &site, hours, &note)
                .await
                .with_context(|| format!("nothing of the site `{site}` was written off"))?;
            for (hour, difference) in &written {
                println!("{}  {}", Timestamp(hour * 1000), in_words(*difference));
            }
            println!(
                "written off; the accounts' page shows it with the note, and the alarm ends within seconds"
            );
            Ok(())
        }
    }
}

async fn list(store: &Store, site: Option<&str>, as_json: bool) -> anyhow::Result<()> {
    let differing = AccountsWatch::differing(store).await?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut shown = 0;
    for ((of, hour), judged) in differing.iter().filter(|((of, _), _)| site.is_none_or(|site| site == of)) {
        shown += 1;
        let hour = Timestamp(hour * 1000);
        if as_json {
            let Judged { difference, .. } = judged;
            let (open, given_up) = (judged.open(), judged.written_off);
            writeln!(
                out,
                "{}",
                json!({"site": of, "hour": hour, "unshipped": difference.unshipped, "unstored": difference.unstored,
                    "surplus": difference.surplus, "open": open.events(), "written_off": given_up.events()})
            )?;
        } else if judged.written_off.is_none() {
            writeln!(out, "{of}  {hour}  {}", in_words(judged.open()))?;
        } else {
            let (open, given_up) = (in_words(judged.open()), in_words(judged.written_off));
            writeln!(out, "{of}  {hour}  {open}; written off: {given_up}")?;
        }
    }
    if shown == 0 && !as_json {
        writeln!(out, "everything is accounted for")?;
    }
    Ok(out.flush()?)
}

fn in_words(difference: Difference) -> String {
    let Difference { unshipped, unstored, surplus } = difference;
    let parts: Vec<String> = [
        (unshipped, "lost before they were shipped"),
        (unstored, "shipped and not in the store"),
        (surplus, "in the store and counted by no collector"),
    ]
    .into_iter()
    .filter(|(events, _)| *events > 0)
    .map(|(events, what)| format!("{events} {what}"))
    .collect();
    if parts.is_empty() { "nothing is missing".into() } else { parts.join(", ") }
}
