//! The engine through its public face: what holds after every command, whatever was asked before.

#[path = "engine/audit.rs"]
mod audit;
#[path = "engine/exclusions.rs"]
mod exclusions;
#[path = "engine/family.rs"]
mod family;
mod luck;
#[path = "engine/million.rs"]
mod million;
#[path = "engine/more.rs"]
mod more;
#[path = "engine/stories.rs"]
mod stories;
#[path = "engine/support.rs"]
mod support;
#[path = "engine/swarm.rs"]
mod swarm;
#[path = "engine/words.rs"]
mod words;
