use std::env;
use std::process::ExitCode;

use needle::commands::{self, Cli};
use needle::telemetry::logging;

/// Gives back what a backlog, a restore or a snapshot has taken for a while; glibc's keeps most of it.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let call = Cli::read();
    let filter = env::var(logging::FILTER_VARIABLE).ok().or(call.log_filter().map(str::to_owned));
    let logging = logging::start(call.log_format(), filter.as_deref());
    let result = logging.map_err(Into::into).and_then(|()| commands::execute(&call));
    commands::exit_code(result)
}
