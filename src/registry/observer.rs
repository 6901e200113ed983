//! What the registry tells to whoever counts.

/// What does not interest him he leaves out.
pub trait Observer: Send {
    /// A look was taken: what tenants are served by now. Those that are not named are served as `default` is. Not `complete`: the store,
    /// or a tenant's folder, could not be read.
    fn looked(&mut self, _standing: &[Standing], _complete: bool) {}
    /// What `CURRENT` of a tenant names is not served; told with every look.
    fn refused(&mut self, _tenant: &str, _class: &'static str) {}
}

/// Nobody counts.
impl Observer for () {}

/// What a tenant is served by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub tenant: String,
    pub version: String,
    pub kind: &'static str,
    /// Milliseconds since 1970; `None` of the shipped model.
    pub published_ms: Option<i64>,
}
