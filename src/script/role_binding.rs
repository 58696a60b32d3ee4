//! Commands that bind a ClusterRole.

use super::command::Command;
use super::words::Value;
use crate::k8s::names::service_account_of_user;

/// What a command binds.
#[derive(Clone, Copy, Debug)]
pub struct CommandBinding<'t> {
    /// The ClusterRole.
    pub role: Value<'t>,
    /// Whether it holds in the whole cluster.
    pub is_cluster: bool,
    /// Whether ServiceAccounts are among those that it is bound to.
    pub has_account: bool,
    /// The ServiceAccount, if the command names one only, as it is written there.
    pub account: Option<Value<'t>>,
}

impl<'t> Command<'t> {
    /// The ClusterRole that it binds to somebody: `kubectl create clusterrolebinding`, `kubectl create rolebinding`, `oc adm
    /// policy add-cluster-role-to-user` and `-group`.
    pub fn role_binding(&self) -> Option<CommandBinding<'t>> {
        if self.word(0) == "create" {
            let is_cluster = match self.word(1) {
                "clusterrolebinding" => true,
                "rolebinding" => false,
                _ => return None,
            };
            let role = self.flag(&["--clusterrole"])?;
            let account = self.flag(&["--serviceaccount"]);
            let has_account =
                account.is_some() || self.flag(&["--user"]).is_some_and(|user| is_account(user.text));
            let is_bound = has_account || self.has_flag("--user") || self.has_flag("--group");
            return is_bound.then_some(CommandBinding { role, is_cluster, has_account, account });
        }
        let at = self.words().iter().position(|word| ADDS.contains(&word.text))?;
        if self.word(at.checked_sub(1)?) != "policy" {
            return None;
        }
        let role = *self.words().get(at + 1)?;
        let users = self.words().iter().skip(at + 2);
        let account = self.flag(&["-z", "--serviceaccount"]);
        let has_account = account.is_some() || users.clone().any(|user| is_account(user.text));
        let is_bound = has_account || users.count() > 0;
        is_bound.then_some(CommandBinding { role, is_cluster: true, has_account, account })
    }
}

/// The sub-commands of `oc adm policy` that bind a ClusterRole in the whole cluster.
const ADDS: [&str; 2] = ["add-cluster-role-to-user", "add-cluster-role-to-group"];

fn is_account(user: &str) -> bool {
    service_account_of_user(user).is_some() || user.starts_with("system:serviceaccount:")
}
