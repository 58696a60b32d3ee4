//! Keys whose values are credentials, wherever they stand.

/// Keys whose values are credentials, without regard to case, `-` and `_`.
const CREDENTIALS: [&str; 10] = [
    "accesstoken",
    "bearertoken",
    "clientcertificatedata",
    "clientkeydata",
    "clientsecret",
    "idtoken",
    "passwd",
    "password",
    "refreshtoken",
    "token",
];

/// Where kubectl keeps the whole object, values included.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Whether the value at `key` is or holds a credential: those of a kubeconfig, in any spelling.
pub(super) fn is_credential(key: &str) -> bool {
    let plain = || key.bytes().filter(|byte| !b"-_".contains(byte)).map(|byte| byte.to_ascii_lowercase());
    key == LAST_APPLIED
        || is_password(key)
        || may_be_credential(key) && CREDENTIALS.iter().any(|name| plain().eq(name.bytes()))
}

/// Whether it is that of a password, whosever: `rootPassword`, `DB_PASSWORD`.
fn is_password(key: &str) -> bool {
    const PASSWORD: &[u8] = b"password";
    key.as_bytes().last_chunk::<8>().is_some_and(|end| end.eq_ignore_ascii_case(PASSWORD))
}

/// Whether it begins and ends as one of [`CREDENTIALS`]: hardly any key does.
fn may_be_credential(key: &str) -> bool {
    let (Some(first), Some(last)) = (key.bytes().next(), key.bytes().last()) else { return false };
    b"abciprt-_".contains(&first.to_ascii_lowercase()) && b"adnt-_".contains(&last.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_in_any_spelling() {
        for key in
            ["token", "idToken", "id-token", "CLIENT_KEY_DATA", "password", "rootPassword", "DB_PASSWORD"]
        {
            assert!(is_credential(key), "{key}");
        }
        for key in
            ["", "tokenFile", "passwordSecretRef", "audience", "client-certificate", "tokens", "ppassword_"]
        {
            assert!(!is_credential(key), "{key}");
        }
    }
}
