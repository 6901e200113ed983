//! What may be configured, and what is said of mistakes.

mod contradictions;
mod every_key_is_read;
mod example;
mod kafka_properties;
mod never_connects;
mod precedence;
mod reports_every_mistake_at_once;
mod secrets_stay_secret;
