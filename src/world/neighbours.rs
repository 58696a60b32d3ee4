//! A name that nothing has, and the ServiceAccounts around it that might have been meant.

use super::fact::{Fact, Name, folder_of};
use super::index::{CROWD, Namespaces, World};
use super::token::Account;
use crate::k8s::near_miss::{Name as KnownName, object_name_near_miss};

impl World {
    /// Nothing has that name: perhaps something has nearly that name.
    pub(super) fn missing_account<'w>(&'w self, secret: &'w Fact, name: &'w Name) -> Account<'w> {
        let neighbours = self.neighbouring_accounts(secret);
        if let Some(account) = self.near_miss(name, &neighbours) {
            return Account::Misspelled(name, account);
        }
        // Everybody puts something into these, so what others put there tells nothing.
        let is_shared = ["default", "kube-system"].contains(&secret.object.namespace.as_str());
        let certain = neighbours.iter().any(|account| {
            account.unit == secret.unit
                || (!account.object.namespace.is_empty()
                    && !is_shared
                    && account.object.namespace == secret.object.namespace)
        });
        if certain && !self.is_open(secret) { Account::Unknown(name) } else { Account::NotInInput(name) }
    }

    /// The one ServiceAccount that was plainly meant. A name that several Secrets use is no slip of the pen; a whole
    /// other word is one only where no second ServiceAccount stands in the file; and in a crowd nothing is plain.
    fn near_miss<'w>(&self, name: &Name, neighbours: &[&'w Fact]) -> Option<&'w Fact> {
        if self.token_secrets_for(&name.text) > 1 || neighbours.len() > CROWD {
            return None;
        }
        let known = || neighbours.iter().map(|account| KnownName::new(&account.object.name));
        let alone = || {
            let alone = neighbours.iter().filter(|account| self.accounts_in(account.file()) == 1);
            alone.map(|account| KnownName::new(&account.object.name))
        };
        let near = object_name_near_miss(&name.text, known(), false)
            .or_else(|| object_name_near_miss(&name.text, alone(), true))?;
        neighbours.iter().copied().find(|account| account.object.name == near)
    }

    /// The ServiceAccounts of the Secret's unit; if it has none, those of the closest enclosing folder that has any. Of
    /// more than a crowd, the first.
    fn neighbouring_accounts(&self, secret: &Fact) -> Vec<&Fact> {
        let compatible = |account: &&Fact| self.compare_namespaces(secret, account) != Namespaces::Different;
        let first = |accounts: &mut dyn Iterator<Item = _>| -> Vec<_> { accounts.take(CROWD + 1).collect() };
        let in_unit = first(&mut self.accounts_of(&secret.unit).take(10 * CROWD).filter(compatible));
        if !in_unit.is_empty() || !secret.is_plain() {
            return in_unit;
        }
        let mut folder = self.folder(secret);
        loop {
            let below = first(&mut self.accounts_below(folder).take(10 * CROWD).filter(compatible));
            if !below.is_empty() || folder.is_empty() {
                return below;
            }
            folder = folder_of(folder);
        }
    }
}
