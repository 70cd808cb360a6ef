//! The addresses that there are, for whoever proves that each of them is guarded.

use hospes_desk::Role;

use crate::route::{Needs, routes};

/// An address with one method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// `GET` or `POST`.
    pub method: String,
    /// The path, in which parts in braces stand for anything.
    pub path: &'static str,
    /// The lowest role that may use it; `None` when nobody has to log in.
    pub needs: Option<Role>,
}

/// All of them. The pages are made from the same table, so none is missing.
pub fn addresses() -> Vec<Address> {
    let address = |route: crate::route::Route| Address {
        method: route.method.to_string(),
        path: route.path,
        needs: match route.needs {
            Needs::Nobody => None,
            Needs::A(role) => Some(role),
        },
    };
    routes().into_iter().map(address).collect()
}
