//! The entry point of the standalone page.

fn main() {
    studio_users::app::start();
}
