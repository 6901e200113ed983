//! `/metrics`, `/healthz`, `/readyz`; `/status` and `/leads/{tenant}/{lead}` for whoever wants to look inside.

use std::net::TcpListener;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;

use super::health::Health;
use super::metrics::Metrics;

/// What can be looked at from outside. Its calls may wait: each has a thread of its own.
pub trait Window: Send + Sync + 'static {
    /// One lead as it stands at the last commit.
    fn lead(&self, tenant: &str, lead: &str) -> Seen;
    /// Lanes, partitions and models, as JSON.
    fn status(&self) -> String;
}

/// What was seen, each with a JSON object that says it.
pub enum Seen {
    Here(String),
    NotHere(String),
    /// Somebody who should answer does not.
    Unclear(String),
}

struct House {
    metrics: Arc<Metrics>,
    health: Arc<Health>,
    window: Arc<dyn Window>,
}

type Shared = State<Arc<House>>;

/// Serves until the process ends, on a thread of its own. The listener is already bound, so that a taken port is told at the start.
pub fn serve(
    listener: TcpListener,
    metrics: Arc<Metrics>,
    health: Arc<Health>,
    window: Arc<dyn Window>,
) -> std::io::Result<()> {
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let app = Router::new()
        .route("/metrics", get(metrics_page))
        .route("/healthz", get(|State(house): Shared| async move { probe(house.health.alive()) }))
        .route("/readyz", get(|State(house): Shared| async move { probe(house.health.ready()) }))
        .route("/status", get(status_page))
        .route("/leads/{tenant}/{*lead}", get(lead_page))
        .with_state(Arc::new(House { metrics, health, window }));
    std::thread::Builder::new().name("http".to_owned()).spawn(move || {
        let served = runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            axum::serve(listener, app).await
        });
        if let Err(error) = served {
            tracing::error!(%error, "metrics and probes are not served any more");
        }
    })?;
    Ok(())
}

async fn metrics_page(State(house): Shared) -> impl IntoResponse {
    match house.metrics.render() {
        Ok(text) => (StatusCode::OK, [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text),
        Err(error) => {
            let text = error.to_string().into_bytes();
            (StatusCode::INTERNAL_SERVER_ERROR, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text)
        }
    }
}

async fn status_page(State(house): Shared) -> impl IntoResponse {
    json(StatusCode::OK, house.window.status())
}

async fn lead_page(State(house): Shared, Path((tenant, lead)): Path<(String, String)>) -> impl IntoResponse {
    // It may wait for a commit, and for brokers: probes must not wait with it.
    match tokio::task::spawn_blocking(move || house.window.lead(&tenant, &lead)).await {
        Ok(Seen::Here(text)) => json(StatusCode::OK, text),
        Ok(Seen::NotHere(text)) => json(StatusCode::NOT_FOUND, text),
        Ok(Seen::Unclear(text)) => json(StatusCode::SERVICE_UNAVAILABLE, text),
        Err(error) => {
            tracing::error!(%error, "a lead could not be shown");
            json(
                StatusCode::INTERNAL_SERVER_ERROR,
                r#"{"error":"the lead could not be shown; see the log"}"#.to_owned(),
            )
        }
    }
}

fn json(code: StatusCode, text: String) -> impl IntoResponse {
    (code, [(header::CONTENT_TYPE, "application/json")], text)
}

fn probe(verdict: Result<(), String>) -> (StatusCode, String) {
    match verdict {
        Ok(()) => (StatusCode::OK, "ok\n".to_owned()),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")),
    }
}
