//! What each tenant is served by, look by look.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::join_all;
use object_store::Error;
use object_store::path::Path;

use super::older::older;
use super::shelf::Marks;
use super::{Bundle, Ground, Observer, Refusal, Shelf, Standing, places};
use crate::model::drift::Trained;
use crate::model::{Model, Served};
use crate::storage::runtime::Runtime;
use crate::storage::store::{self, StoreError};
use crate::wire::tenant::DEFAULT_TENANT;

/// Tenants that are asked for at once.
const AT_ONCE: usize = 16;
/// Remembers what is served, and what was refused.
pub struct Registry {
    url: String,
    /// `None`: the folder is not there yet.
    shelf: Option<Shelf>,
    runtime: Arc<dyn Runtime>,
    ground: Arc<Ground>,
    /// Those that have said what they are to be served by.
    tenants: BTreeMap<String, Own>,
    /// Trouble with the store that was told.
    told: Option<String>,
}

/// How a look has gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// Something else is served now.
    pub changed: bool,
    /// Not all could be read, and this is why; what was served is served on.
    pub trouble: Option<String>,
}

/// One tenant's.
#[derive(Default)]
struct Own {
    /// `None`: nothing of its own will do.
    serves: Option<Serves>,
    /// Why `CURRENT` is not what is served.
    refused: Option<Unfit>,
}

struct Serves {
    version: String,
    published_ms: Option<i64>,
    model: Arc<Model>,
    trained: Option<Arc<Trained>>,
}

struct Unfit {
    /// `None` where `CURRENT` names none.
    version: Option<String>,
    reason: Refusal,
    marks: Marks,
}

impl Registry {
    /// Of the store that a configured url names. A folder that is not there yet has nothing in it. Connects to nothing.
    pub fn open(url: &str, runtime: Arc<dyn Runtime>, ground: Arc<Ground>) -> Result<Self, StoreError> {
        let (shelf, tenants, told) = (None, BTreeMap::new(), None);
        let mut registry = Self { url: url.to_owned(), shelf, runtime, ground, tenants, told };
        registry.shelf()?;
        Ok(registry)
    }

    pub fn on(shelf: Shelf) -> Self {
        let (runtime, ground) = (shelf.runtime.clone(), shelf.ground.clone());
        Self { url: String::new(), shelf: Some(shelf), runtime, ground, tenants: BTreeMap::new(), told: None }
    }

    /// The store, once it is there.
    pub fn shelf(&mut self) -> Result<Option<Shelf>, StoreError> {
        if self.shelf.is_none() {
            let store = store::open_existing(&self.url)?;
            self.shelf = store.map(|store| Shelf::new(store, self.runtime.clone(), self.ground.clone()));
        }
        Ok(self.shelf.clone())
    }

    /// What is served, as of the last look.
    pub fn served(&self) -> Served {
        let own = |own: &Own| own.serves.as_ref().map(|serves| serves.model.clone());
        let others = self.tenants.get(DEFAULT_TENANT).and_then(own);
        let named = self.tenants.iter().filter(|(tenant, _)| *tenant != DEFAULT_TENANT);
        let named = named.filter_map(|(tenant, of)| Some((tenant.clone(), own(of)?)));
        let served = Served::new(others.unwrap_or_else(|| self.ground.shipped.clone()), named);
        let trained =
            self.tenants.iter().filter_map(|(tenant, own)| Some((tenant, own.serves.as_ref()?.trained.clone()?)));
        trained.fold(served, |served, (tenant, trained)| served.trained_on(tenant, trained))
    }

    /// The same for people; `default` is always there.
    pub fn standing(&self) -> Vec<Standing> {
        let of = |tenant: &str, serves: &Serves| Standing {
            tenant: tenant.to_owned(),
            version: serves.version.clone(),
            kind: serves.model.kind(),
            published_ms: serves.published_ms,
        };
        let own = |(tenant, own): (&String, &Own)| own.serves.as_ref().map(|serves| of(tenant, serves));
        let mut standing: Vec<_> = self.tenants.iter().filter_map(own).collect();
        if !standing.iter().any(|standing| standing.tenant == DEFAULT_TENANT) {
            standing.push(of(DEFAULT_TENANT, &self.shipped()));
            standing.sort_by(|a, b| a.tenant.cmp(&b.tenant));
        }
        standing
    }

    /// Tenants whose `CURRENT` is not what is served, and why.
    pub fn refused(&self) -> impl Iterator<Item = (&str, Option<&str>, &Refusal)> {
        self.tenants.iter().filter_map(|(tenant, own)| {
            let Unfit { version, reason, .. } = own.refused.as_ref()?;
            Some((tenant.as_str(), version.as_deref(), reason))
        })
    }

    /// Looks at what each tenant is to be served by, and reads what is new.
    pub async fn look(&mut self, observer: &mut dyn Observer) -> Looked {
        let mut looked = Looked::default();
        if let Err(trouble) = self.look_at_all(&mut looked, observer).await {
            looked.trouble = Some(trouble);
        }
        if self.told != looked.trouble {
            match &looked.trouble {
                Some(trouble) => {
                    tracing::warn!(trouble, "models cannot be looked for now; what is served is served on")
                }
                None => tracing::info!("models can be looked for again"),
            }
        }
        self.told.clone_from(&looked.trouble);
        observer.looked(&self.standing(), looked.trouble.is_none());
        looked
    }

    async fn look_at_all(&mut self, looked: &mut Looked, observer: &mut dyn Observer) -> Result<(), String> {
        let shelf = self.shelf().map_err(|error| error.to_string())?;
        let listed = match &shelf {
            Some(shelf) => shelf.tenants().await.map_err(|error| format!("the list of tenants: {error}"))?,
            None => Vec::new(),
        };
        let gone: Vec<_> = self.tenants.keys().filter(|tenant| !listed.contains(tenant)).cloned().collect();
        for tenant in gone {
            looked.changed |= self.give_up(&tenant);
        }
        let Some(shelf) = shelf else { return Ok(()) };
        for some in listed.chunks(AT_ONCE) {
            let folders: Vec<_> = some.iter().filter_map(|tenant| Some((tenant, places::tenant(tenant)?))).collect();
            let currents = join_all(folders.iter().map(|(_, folder)| shelf.current(folder))).await;
            for ((tenant, folder), current) in folders.into_iter().zip(currents) {
                let seen = match current {
                    Ok(current) => self.follow(&shelf, tenant, &folder, current, observer).await,
                    Err(error) => Err(error),
                };
                match seen {
                    Ok(changed) => looked.changed |= changed,
                    Err(error) => looked.trouble = Some(format!("tenant {tenant}: {error}")),
                }
            }
        }
        Ok(())
    }

    /// Does as a tenant's `CURRENT` says. Returns whether something else is served now.
    async fn follow(
        &mut self,
        shelf: &Shelf,
        tenant: &str,
        folder: &Path,
        current: Option<Result<String, Refusal>>,
        observer: &mut dyn Observer,
    ) -> Result<bool, Error> {
        let (version, marks) = match current {
            None => return Ok(self.give_up(tenant)),
            Some(Err(reason)) => {
                let unfit = Unfit { version: None, reason, marks: Marks::default() };
                return self.refuse(shelf, tenant, folder, unfit, observer).await;
            }
            Some(Ok(version)) if self.is_served(tenant, &version) => {
                if let Some(own) = self.tenants.get_mut(tenant) {
                    own.refused = None;
                }
                return Ok(false);
            }
            Some(Ok(version)) if Ground::is_shipped(&version) => {
                let shipped = self.shipped();
                return Ok(self.serve(tenant, shipped));
            }
            Some(Ok(version)) => {
                let marks = shelf.marks(folder, &version).await?;
                (version, marks)
            }
        };
        // What has not changed since it was refused is not read again.
        let known = self.tenants.get(tenant).and_then(|own| own.refused.as_ref());
        let reason = known.filter(|known| known.version.as_ref() == Some(&version) && known.marks == marks);
        let reason = match reason.map(|known| known.reason.clone()) {
            Some(reason) => reason,
            None => match shelf.load(folder, &version).await? {
                Ok(bundle) => return Ok(self.serve(tenant, Serves::of(bundle))),
                Err(reason) => reason,
            },
        };
        let unfit = Unfit { version: Some(version), reason, marks };
        self.refuse(shelf, tenant, folder, unfit, observer).await
    }

    fn is_served(&self, tenant: &str, version: &str) -> bool {
        let serves = self.tenants.get(tenant).and_then(|own| own.serves.as_ref());
        serves.is_some_and(|serves| serves.version == version)
    }

    fn serve(&mut self, tenant: &str, serves: Serves) -> bool {
        let own = self.tenants.entry(tenant.to_owned()).or_default();
        let before = own.serves.as_ref().map(|before| before.version.as_str());
        tracing::info!(tenant, version = serves.version, kind = serves.model.kind(), before, "model served");
        *own = Own { serves: Some(serves), refused: None };
        true
    }

    /// What was served is served on, and if there was nothing yet, an older version.
    async fn refuse(
        &mut self,
        shelf: &Shelf,
        tenant: &str,
        folder: &Path,
        unfit: Unfit,
        observer: &mut dyn Observer,
    ) -> Result<bool, Error> {
        observer.refused(tenant, unfit.reason.class());
        let own = self.tenants.entry(tenant.to_owned()).or_default();
        let known = own.refused.as_ref();
        if known.is_some_and(|known| known.version == unfit.version && known.reason == unfit.reason) {
            own.refused = Some(unfit);
            return Ok(false);
        }
        let mut changed = false;
        if own.serves.is_none() {
            let older = older(shelf, folder, unfit.version.as_deref()).await?;
            changed = older.is_some();
            own.serves = older.map(Serves::of);
        }
        let served = own.serves.as_ref().map_or("what serves default", |serves| serves.version.as_str());
        tracing::warn!(tenant, version = unfit.version, reason = %unfit.reason, served, "model refused");
        own.refused = Some(unfit);
        Ok(changed)
    }

    /// The tenant has nothing of its own any more.
    fn give_up(&mut self, tenant: &str) -> bool {
        let Some(own) = self.tenants.remove(tenant) else { return false };
        let before = own.serves.as_ref().map(|serves| serves.version.as_str());
        tracing::info!(tenant, before, "the tenant has no model of its own any more");
        own.serves.is_some()
    }

    fn shipped(&self) -> Serves {
        let model = self.ground.shipped.clone();
        Serves { version: model.version().to_owned(), published_ms: None, model, trained: None }
    }
}

impl Serves {
    fn of(bundle: Bundle) -> Self {
        let Bundle { described, model } = bundle;
        let (published_ms, trained) = (Some(described.published_ms), described.trained);
        Self { version: described.manifest.version, published_ms, model, trained }
    }
}
