//! What each role can do: roles against capabilities, as the domain has them. Asks nothing of the backend.

mod model;
mod page;

pub use page::RolesPage;
