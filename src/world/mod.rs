//! Everything that was read, as owned facts: which objects there are and how they name each other.

mod fact;
mod index;
mod kustomize;
mod neighbours;
mod token;

pub use fact::{BlockEntry, Detail, Fact, Name, Pod, PodHome, Reference, Token, Unit};
pub use index::{Distance, Namespaces, World};
pub use kustomize::Kustomization;
pub use token::{Account, TokenSecret};
