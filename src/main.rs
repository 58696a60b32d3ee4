//! The `saudit` command.

use std::io::{self, BufWriter};
use std::process::ExitCode;

use clap::Parser;
use saudit::cli::{Args, Environment, Io, run};

fn main() -> ExitCode {
    let args = Args::parse();
    let mut io = Io {
        stdin: &mut io::stdin().lock(),
        stdout: &mut BufWriter::new(io::stdout().lock()),
        stderr: &mut io::stderr().lock(),
        environment: Environment::current(),
    };
    run(&args, &mut io).into()
}
