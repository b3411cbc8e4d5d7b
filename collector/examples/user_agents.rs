//! Which user agents of a list are taken for bots: one a line on standard input; printed are those that are, with kind
//! and reason, and at last how many of how many.
//!
//! `make user-agents` asks it of a public list.

use std::io::BufRead;

use orma_collector::enrich::bot;

fn main() -> std::io::Result<()> {
    let (mut asked, mut bots) = (0_u64, 0_u64);
    for line in std::io::stdin().lock().lines() {
        let user_agent = line?;
        asked += 1;
        if let Some(bot) = bot::detect(&user_agent, false) {
            bots += 1;
            println!("{}\t{}\t{user_agent}", bot.kind, bot.reason);
        }
    }
    println!("{bots} of {asked} are taken for bots");
    Ok(())
}
