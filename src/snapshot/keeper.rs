use std::sync::Arc;
use super::head::*;
use super::rows::Rows;
#[derive(Clone)]
pub struct Keeper;
pub struct Load;
pub struct Save;
#[derive(Clone)]
pub struct Wanted { pub partition: i32, pub inputs: Vec<WantedInput>, pub score_changes: TopicIdentity }
#[derive(Clone)]
pub struct WantedInput { pub topic: TopicIdentity, pub committed: i64, pub from: Option<i64> }
pub enum Loading { Waits, Rows(Rows), Over(String), Done(Option<Arc<Head>>, u64), Struggling(String), Lost }
pub struct SaveHead { pub partition: i32, pub parent: Option<Arc<Head>>, pub known: u64, pub reach: Vec<Reach>, pub said: SaidUpTo }
pub enum Saving { Waits, Done(Arc<Head>, u64), Overtaken(u64), Broken(u64), Struggling(String), Lost }
impl Keeper { pub fn load(&self, _: Wanted) -> Load { todo!() } pub fn save(&self, _: SaveHead) -> Save { todo!() } }
impl Load { pub fn poll(&mut self) -> Loading { todo!() } }
impl Save { pub fn offer(&mut self, _: Rows) -> Result<(), Rows> { todo!() } pub fn close(&mut self) {} pub fn poll(&mut self) -> Saving { todo!() } }
