//! Looks at the registry again and again, and hands what is new to the lanes.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{Either, select};
use tokio::sync::watch::Sender;

use super::{Observer, Registry};
use crate::model::Served;
use crate::storage::runtime::Runtime;

/// Takes a look every so often, until nobody listens any more.
pub async fn poll(
    mut registry: Registry,
    every: Duration,
    runtime: Arc<dyn Runtime>,
    served: Sender<Arc<Served>>,
    mut observer: Box<dyn Observer>,
) {
    loop {
        if let Either::Right(_) = select(runtime.sleep(every), pin!(served.closed())).await {
            return;
        }
        if registry.look(observer.as_mut()).await.changed {
            served.send_replace(Arc::new(registry.served()));
        }
    }
}
