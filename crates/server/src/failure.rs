//! The error of commands and of the start-up.

/// An error that ends a command. Its message is for the operator.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;
