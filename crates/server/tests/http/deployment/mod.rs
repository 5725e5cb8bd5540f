//! The files of `deploy` and the image. These tests need further programs, which `cargo xtask test --only deployment`
//! installs.

mod counted;
mod image;
mod monitoring;
mod night;
mod programs;
mod prometheus;
mod proxies;
mod unit;
