//! `orma visits`: makes them anew.

use std::time::Duration;

use anyhow::Context;
use orma_visits::Maker;

use super::Session;
use crate::cli::VisitsAction;

/// How often it is told how far it got.
const TOLD_EVERY: Duration = Duration::from_secs(1);

pub async fn run(action: VisitsAction) -> anyhow::Result<()> {
    let VisitsAction::MakeAnew { store } = action;
    let session = Session::open(&store).await?;
    let done = make_anew(&session).await;
    session.close().await;
    done
}

async fn make_anew(session: &Session) -> anyhow::Result<()> {
    let maker = Maker::new(session.store.clone());
    maker.touch_all().await.context("the events cannot be read")?;
    // Beside a running orma that is the one who makes them.
    let making = session.own.is_some().then(|| {
        let maker = maker.clone();
        tokio::spawn(async move { maker.make_all(None).await })
    });
    let all = maker.left().await?;
    let mut left = all;
    while left > 0 && making.as_ref().is_none_or(|making| !making.is_finished()) {
        println!("{} of {all} sessions of a day", all.saturating_sub(left));
        tokio::time::sleep(TOLD_EVERY).await;
        left = maker.left().await?;
    }
    if let Some(making) = making {
        making.await??;
    }
    println!("all visits are made of their events");
    Ok(())
}
