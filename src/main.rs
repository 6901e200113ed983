use std::env;
use std::process::ExitCode;

use needle::commands::{self, Cli};
use needle::telemetry::logging;

fn main() -> ExitCode {
    let call = Cli::read();
    let filter = env::var(logging::FILTER_VARIABLE).ok().or(call.log_filter().map(str::to_owned));
    let logging = logging::start(call.log_format(), filter.as_deref());
    let result = logging.map_err(Into::into).and_then(|()| commands::execute(&call));
    commands::exit_code(result)
}
