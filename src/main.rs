//! The `saudit` command.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use saudit::cli::{Args, Environment, Io, run};

fn main() -> ExitCode {
    // Where saudit failed, and nothing of what it read: a panic's own message may quote that.
    std::panic::set_hook(Box::new(|info| {
        if let Some(place) = info.location() {
            let _ = writeln!(io::stderr(), "saudit: internal error at {place}; please report it");
        }
    }));
    let args = Args::of_process();
    let mut io = Io {
        stdin: &mut io::stdin().lock(),
        stdout: &mut BufWriter::new(io::stdout().lock()),
        stderr: &mut io::stderr().lock(),
        environment: Environment::current(),
    };
    run(&args, &mut io).into()
}
