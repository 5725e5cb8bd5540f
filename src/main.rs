//! The standalone page's entry.

fn main() {
    studio_users::app::start();
}
